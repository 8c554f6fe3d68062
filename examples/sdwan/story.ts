import { appendFileSync } from 'node:fs';
import { expectText, note, print, say, seconds } from '../lib/show.ts';
import { until } from '../lib/until.ts';
import { copies, edgeFile, startCopy, startEdge } from './lab/edge.ts';
import type { Lab } from './lab/lab.ts';
import { ip } from './lab/namespace.ts';
import { branches, clientAt, gatewayAddress, nodeAddress, routerOf } from './lab/topology.ts';

const sites = branches.map(({ name }) => name);
const gateways = Object.fromEntries(branches.map((branch) => [branch.name, gatewayAddress(branch)]));

/** Builds the lab and shows the edge in it, scene by scene. @throws Error when something is not as it should be */
export async function tell(lab: Lab): Promise<void> {
  say('A central office and three branches, each with a router of FRR, joined by an internet');
  await lab.build();
  const told = () => ip('-n', routerOf('madrid'), 'route', 'show', 'proto', 'bgp');
  const places = () => told().match(/^10\..*$/gm) ?? [];
  await until('BGP has told Madrid the way to the other places', () => places().length === 3);
  const routes = places().map((line) => line.replace(/ nhid \d+/, '').trim());
  print('madrid', ['ip', 'route', 'show', 'proto', 'bgp'], routes.join('\n'));

  say('Services at the branches, a controller at the central office, a gateway at each branch');
  await startEdge(lab);
  const scenes = new Scenes(lab);
  await scenes.nearest();
  await scenes.authentication();
  await scenes.page();
  await scenes.sensors();
  await scenes.added();
  await scenes.killed();
  await scenes.cutOff();
}

class Scenes {
  readonly #lab: Lab;

  constructor(lab: Lab) {
    this.#lab = lab;
  }

  async nearest(): Promise<void> {
    for (const site of sites) await this.#reach(site, 'login', /^login at /);
    const measured = /^login-h .* chosen .* measured; nearest\nlogin-b .* spare .* measured$/m;
    await until(
      'Madrid knows how far the others are',
      async () => measured.test(await this.#explain('login', 'madrid')),
      60_000,
    );
  }

  async authentication(): Promise<void> {
    say('Authentication at the nearest of the branches that have it');
    note(
      'On the map Berlin is the nearest to Madrid. The line to Helsinki is faster, and that is what counts.',
    );
    for (const site of sites) {
      print(site, ['heddle', 'edge', 'explain', 'login', '--at', site], await this.#explain('login', site));
      const asked = await this.#client(site, 'kdig', '+short', 'login.edge.internal');
      expectText(`what ${site} is told`, asked, gateways[site] ?? '');
      const nearest = site === 'madrid' ? 'helsinki' : site;
      await this.#get(site, 'login', `login at ${nearest}`);
    }
  }

  async page(): Promise<void> {
    say('A page of several services: each part comes from where it runs');
    for (const [site, at] of [
      ['berlin', 'berlin'],
      ['madrid', 'helsinki'],
    ] as const) {
      await this.#get(site, 'page', `page at ${at}, with prices at berlin, with reviews at helsinki`);
    }
  }

  async sensors(): Promise<void> {
    say('Readings of sensors are kept where they are made, and worked on somewhere else');
    const url = 'http://readings.edge.internal:8005/';
    const made = [
      ['helsinki', '4.5'],
      ['madrid', '31'],
      ['madrid', '33'],
    ] as const;
    for (const [site, reading] of made) {
      const answer = await this.#client(site, 'curl', '-s', '-d', reading, url);
      expectText(`a reading of ${site}`, answer, `kept by readings at ${site}`);
    }
    await this.#get('berlin', 'averages', 'averages at berlin: helsinki 4.5, madrid 32');
  }

  async added(): Promise<void> {
    say('A service is added at Berlin: how long after the change of the file each gateway has it');
    for (const line of await this.#publish('news', 'berlin')) note(line);
    await this.#get('madrid', 'news', 'news at berlin');
  }

  async killed(): Promise<void> {
    say('The copy of login at Helsinki is killed; Madrid used it');
    const copy = copies().find(({ id }) => id === 'login-h');
    this.#lab.kill('login-h');
    const next = await this.#reach('madrid', 'login', 'login at berlin');
    note(`Berlin answers after ${seconds(next)}`);
    await this.#reach('helsinki', 'login', 'login at berlin');
    await this.#get('helsinki', 'login', 'login at berlin');
    if (copy) await startCopy(this.#lab, copy);
    const back = await this.#reach('madrid', 'login', 'login at helsinki');
    note(`Started again: Helsinki answers after ${seconds(back)}`);
  }

  async cutOff(): Promise<void> {
    say('The line of Madrid is cut');
    this.#lab.setLine('madrid', 'down');
    const noticed = await until('Madrid says that it is cut off', async () => (await this.#stale()) !== '');
    note(`After ${seconds(noticed)} its gateway says that what it knows may be out of date, and answers on:`);
    print('client at madrid', ['kdig', '+edns', 'readings.edge.internal'], await this.#stale());
    const url = 'http://readings.edge.internal:8005/';
    const answer = await this.#client('madrid', 'curl', '-s', '-d', '32', url);
    expectText('a reading while cut off', answer, 'kept by readings at madrid');

    note('Meanwhile a service is added; the others have it:');
    await this.#publish('menu', 'helsinki', ['helsinki', 'berlin']);
    await this.#get('berlin', 'menu', 'menu at helsinki');
    expectText('what Madrid knows of menu', await this.#ask('madrid', 'menu'), '');

    say('The line is joined again');
    this.#lab.setLine('madrid', 'up');
    const back = await until(
      'Madrid is up to date',
      async () => (await this.#stale()) === '' && (await this.#ask('madrid', 'menu')) !== '',
      60_000,
    );
    note(`After ${seconds(back)} Madrid has all that it missed:`);
    await this.#reach('madrid', 'menu', 'menu at helsinki');
    await this.#get('madrid', 'menu', 'menu at helsinki');
    await this.#reach('berlin', 'averages', 'averages at berlin: helsinki 4.5, madrid 32');
    await this.#get('berlin', 'averages', 'averages at berlin: helsinki 4.5, madrid 32');
  }

  /** Adds a service to the edge file, with one copy; says when clients at some sites are told its name, and get it. */
  async #publish(service: string, site: string, at = sites): Promise<string[]> {
    const port = 8100 + service.length;
    const address = branches
      .filter(({ name }) => name === site)
      .map(nodeAddress)
      .join();
    const id = `${service}-1`;
    await startCopy(this.#lab, { id, service, site, address, port });
    const copy = `{ id: ${id}, node: ${site}-1, address: ${address}, ports: { http: ${port} } }`;
    const ports = '{ http: { port: 80, application: http } }';
    appendFileSync(edgeFile, `  shop/${service}: { ports: ${ports}, copies: [${copy}] }\n`);
    const isKnown = async (client: string) => (await this.#ask(client, service)) === gateways[client];
    return Promise.all(
      at.map(async (client) => {
        const known = await until(`${client} knows ${service}`, () => isKnown(client));
        const reached = known + (await this.#reach(client, service, `${service} at ${site}`));
        return `${client}: the name after ${seconds(known)}, the service after ${seconds(reached)}`;
      }),
    );
  }

  #explain(service: string, site: string): Promise<string> {
    return this.#lab.heddle('edge', 'explain', service, '--at', site);
  }

  /** Waits until a client gets this from a service; how long it took, ms. */
  #reach(site: string, service: string, wanted: string | RegExp): Promise<number> {
    const isIt = (text: string) => (typeof wanted === 'string' ? text === wanted : wanted.test(text));
    return until(`${service} answers a client at ${site} with ${wanted}`, async () =>
      isIt(await this.#curl(site, service)),
    );
  }

  /** Shows what a client gets from a service. */
  async #get(site: string, service: string, wanted: string): Promise<void> {
    const answer = await this.#client(site, 'curl', '-s', `http://${service}.edge.internal/`);
    expectText(`${service} for a client at ${site}`, answer, wanted);
  }

  async #client(site: string, ...command: string[]): Promise<string> {
    const { stdout, stderr } = await this.#lab.at(clientAt(site), ...command);
    print(`client at ${site}`, command, stdout || stderr);
    return stdout;
  }

  async #curl(site: string, service: string): Promise<string> {
    const url = `http://${service}.edge.internal/`;
    return (await this.#lab.at(clientAt(site), 'curl', '-sf', '--max-time', '2', url)).stdout.trim();
  }

  /** The address that a client is told; empty for none. */
  async #ask(site: string, service: string): Promise<string> {
    const options = ['+short', '+timeout=1', '+retry=0'];
    return (await this.#lab.at(clientAt(site), 'kdig', ...options, `${service}.edge.internal`)).stdout.trim();
  }

  /** What Madrid's gateway says of being cut off; empty when it is not. */
  async #stale(): Promise<string> {
    const { stdout } = await this.#lab.at(clientAt('madrid'), 'kdig', '+edns', 'readings.edge.internal');
    return stdout.includes('Stale') ? (stdout.match(/^(;; EDE.*|[^;].*\sA\s.*)$/gm) ?? []).join('\n') : '';
  }
}
