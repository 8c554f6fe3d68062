import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { expectText, note, print, say } from '../lib/show.ts';
import { until } from '../lib/until.ts';
import { Capture } from './lab/capture.ts';
import { type HostName, heddleCommand, type Lab } from './lab/lab.ts';

const server = path.join(import.meta.dirname, 'film-server.ts');
/** Bytes, and how many of them are watched in a second. */
const film = { size: 16 << 20, rate: '4M' };

interface Made {
  readonly vlan: number;
}

/** Builds the lab and shows networks in it, scene by scene. @throws Error when something is not as it should be */
export async function tell(lab: Lab): Promise<void> {
  say('Two hosts, a wire between them, a node of Heddle on each; the nodes share an etcd');
  await lab.build();
  const scenes = new Scenes(lab);
  await scenes.networks();
  await scenes.endpoints();
  const capture = await Capture.start(lab);
  await scenes.films();
  await scenes.chat();
  await scenes.wire(capture);
}

class Scenes {
  readonly #lab: Lab;

  constructor(lab: Lab) {
    this.#lab = lab;
  }

  async networks(): Promise<void> {
    say('Three networks, one of each architecture, made on whichever node');
    await this.#heddle('north', 'net', 'create', 'cinema', '--archetype', 'ip');
    await this.#heddle('south', 'net', 'create', 'studio', '--archetype', 'sdn');
    await this.#heddle('north', 'net', 'create', 'salon', '--archetype', 'etarch');
  }

  async endpoints(): Promise<void> {
    say('An endpoint of each on both hosts');
    for (const network of ['cinema', 'studio', 'salon']) {
      await this.#join('north', network, `${network}-north`);
      await this.#join('south', network, `${network}-south`);
    }
    await this.#heddle('south', 'net', 'ls');
  }

  async films(): Promise<void> {
    say(
      'A film over HTTP, in the first two; meanwhile the node of one host, and then of the other, is killed and started again',
    );
    writeFileSync(path.join(this.#lab.host('north').run, 'film.mp4'), randomBytes(film.size));
    for (const network of ['cinema', 'studio']) {
      const play = ['ip', 'netns', 'exec', `${network}-north`, process.execPath, server, '/run/film.mp4'];
      this.#lab.start(`film-${network}`, 'north', play);
      await this.#watch(network);
    }
  }

  async chat(): Promise<void> {
    say('A chat in the third, which has no IP address and no ARP');
    const talk = (host: HostName) => {
      const title = `salon-${host}`;
      const options = ['--network', 'salon', '--title', title, '--workspace', 'evening'];
      return this.#lab.start(title, host, [...heddleCommand, 'etarch', 'chat', ...options]);
    };
    const north = talk('north');
    await until('the first is in', () => this.#lab.printed('salon-north').includes('is in evening'));
    const south = talk('south');
    await until('the second is in', () => this.#lab.printed('salon-south').includes('is in evening'));
    const says = async (from: HostName, to: HostName, text: string) => {
      (from === 'north' ? north : south).stdin?.write(`${text}\n`);
      const line = `salon-${from}: ${text}`;
      await until(`${to} reads it`, () => this.#lab.printed(`salon-${to}`).includes(line));
      note(`${to} reads  ${line}`);
    };
    await says('north', 'south', 'How was the film?');
    await says('south', 'north', 'Both times the same.');
    await this.#heddle('south', 'etarch', 'ls', 'salon');
    await this.#heddle('north', 'net', 'trace', 'salon', '--from', 'salon-north', '--to', 'evening');
    const addresses = await this.#lab.run(
      'north',
      'ip',
      '-n',
      'salon-north',
      '-br',
      'address',
      'show',
      'eth0',
    );
    expectText('addresses on salon', addresses.replace(/@\S+/, '').trim().replace(/\s+/g, ' '), 'eth0 UP');
    north.stdin?.end();
    south.stdin?.end();
  }

  async wire(capture: Capture): Promise<void> {
    say('What was on the wire: frames with the VLAN ids of the three networks, and nothing else');
    let frames: ReadonlyMap<number, number> = new Map();
    // What has just passed is written a moment later.
    await until('frames of all three are written', async () => {
      frames = await capture.frames();
      return frames.size >= 3;
    });
    const ids = new Map<number, string>();
    for (const name of ['cinema', 'studio', 'salon']) {
      const [made] = JSON.parse(await this.#lab.heddle('north', 'net', 'inspect', name)) as Made[];
      if (made) ids.set(made.vlan, name);
    }
    for (const [vlan, count] of frames)
      note(`VLAN ${vlan} (${ids.get(vlan) ?? 'nobody’s'}): ${count} frames`);
    const foreign = [...frames.keys()].filter((vlan) => !ids.has(vlan));
    if (foreign.length > 0 || frames.size !== ids.size)
      throw new Error(`on the wire were the ids ${[...frames.keys()].join(', ')}`);
  }

  /** Gets the film while a node is killed, and checks that all of it came. */
  async #watch(network: string): Promise<void> {
    const address = await this.#addressOf('north', network);
    const url = `http://${address}/film.mp4`;
    const client = ['ip', 'netns', 'exec', `${network}-south`];
    await until('the film can be had', async () =>
      (await this.#lab.run('south', ...client, 'curl', '-sfI', url)).includes('200'),
    );
    const options = [
      '-sS',
      '--limit-rate',
      film.rate,
      '-o',
      '/run/film.mp4',
      '-w',
      '%{size_download} bytes, %{time_total} s',
    ];
    const watching = this.#lab.run('south', ...client, 'curl', ...options, url);
    await this.#lab.restartNode(network === 'cinema' ? 'north' : 'south');
    print(`south, in ${network}`, ['curl', url], await watching);
    const [sent, received] = await Promise.all([
      this.#lab.run('north', 'sha256sum', '/run/film.mp4'),
      this.#lab.run('south', 'sha256sum', '/run/film.mp4'),
    ]);
    expectText(`the film that came through ${network}`, received, sent.trim());
  }

  async #join(host: HostName, network: string, name: string): Promise<void> {
    this.#lab.host(host).ip('netns', 'add', name);
    await this.#heddle(host, 'endpoint', 'create', network, name, '--namespace', name);
  }

  async #addressOf(host: HostName, network: string): Promise<string> {
    const listed = await this.#lab.heddle(host, 'endpoint', 'ls', network, '--format', 'json');
    const endpoints = JSON.parse(listed) as { name: string; options: { addresses: string[] } }[];
    return endpoints.find(({ name }) => name === `${network}-${host}`)?.options.addresses[0] ?? '';
  }

  async #heddle(host: HostName, ...args: readonly string[]): Promise<void> {
    print(host, ['heddle', ...args], await this.#lab.heddle(host, ...args));
  }
}
