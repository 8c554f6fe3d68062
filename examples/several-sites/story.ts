import path from 'node:path';
import type { ContainerStatus } from '../../src/api/messages.ts';
import type { ChainStatus } from '../../src/networks/path/proof/status.ts';
import type { SiteHost } from '../../test/support/site-host.ts';
import type { SitesLab } from '../../test/support/sites-lab.ts';
import { expectText, note, say, seconds } from '../lib/show.ts';
import { makeImages, shown } from '../lib/sites-demo.ts';
import { until } from '../lib/until.ts';

const file = path.join(import.meta.dirname, 'compose.yaml');
const project = ['-f', file];
/** Connections that web opens to db while a function is upgraded. */
const connections = 300;

/** Builds the lab and shows the shop in it, scene by scene. @throws Error when something is not as it should be */
export async function tell(lab: SitesLab): Promise<void> {
  const story = new Story(lab);
  await story.sites();
  await story.up();
  await story.chain();
  await story.upgrade();
  await story.cutOff();
  await story.down();
}

class Story {
  readonly #lab: SitesLab;

  constructor(lab: SitesLab) {
    this.#lab = lab;
  }

  async sites(): Promise<void> {
    say('Three hosts at three sites, each with a node and an engine of its own, and links between them');
    await makeImages(import.meta.dirname, 'localhost/heddle-examples/shop');
    await this.#lab.start();
    for (const host of this.#lab.hosts.values()) await host.have(...project);
    await this.#heddle('berlin', 'node', 'ls');
    await this.#heddle('berlin', 'link', 'ls');
  }

  async up(): Promise<void> {
    say('One file, one command, at whichever of them');
    const began = performance.now();
    await this.#heddle('oslo', 'up', ...project);
    note(`from the descriptor to a proven chain over two sites: ${seconds(performance.now() - began)}`);
    expectText('ps', await this.#heddle('oslo', 'ps', ...project), /shop-db-1 +paris +db .*running/);
  }

  async chain(): Promise<void> {
    say('What web in Berlin asks of db in Paris passes three functions, one of them before it leaves');
    await this.#heddle('berlin', 'chain', 'prove', ...project);
    const chains = await this.#lab.host('berlin').json<ChainStatus[]>('chain', 'ls', ...project);
    for (const { state, node, reason } of chains)
      expectText(`the chain at ${node}: ${reason ?? ''}`, state, 'proven');
    await until('web reaches db', () => this.#opens(1) === 0);
  }

  async upgrade(): Promise<void> {
    say(`The detector is upgraded while web opens ${connections} connections`);
    const paris = this.#lab.host('paris');
    const before = this.#versions(paris);
    const failed = this.#openMany();
    await this.#heddle('berlin', 'up', ...project, { RULES: '2' });
    note(`${connections} connections opened, ${await failed} failed`);
    if ((await failed) > 0) throw new Error('connections were lost by the upgrade');
    const after = this.#versions(paris);
    if (after === before) throw new Error(`the detector is the one that it was: ${after}`);
  }

  async cutOff(): Promise<void> {
    say('Oslo is cut off; what changes meanwhile is done there when it is back');
    this.#lab.cut('oslo', true);
    const oslo = async () =>
      (await this.#lab.host('berlin').json<ContainerStatus[]>('ps', ...project)).find(
        ({ service }) => service === 'logs',
      )?.state;
    await until('it is missed', async () => (await oslo()) === 'unknown');
    await this.#heddle('berlin', 'ps', ...project);
    await this.#heddle('berlin', 'up', ...project, { RULES: '2', KEEP: '30d' }, 1);
    this.#lab.cut('oslo', false);
    const joined = performance.now();
    const keeps = () =>
      this.#lab.host('oslo').container('inspect', 'shop-logs-1', '--format', '{{json .Config.Env}}');
    await until('Oslo has made up for it', () => keeps().includes('KEEP=30d'), 120_000);
    note(`done ${seconds(performance.now() - joined)} after the link was joined`);
    await this.#heddle('berlin', 'ps', ...project);
  }

  async down(): Promise<void> {
    say('Nothing is left of it on any of them');
    await this.#heddle('paris', 'down', ...project);
    for (const host of this.#lab.hosts.values()) {
      const left = host.leftovers('shop');
      if (left.length > 0) throw new Error(`left on ${host.name}: ${left.join(', ')}`);
    }
  }

  #heddle(where: string, ...said: readonly (string | number | Readonly<Record<string, string>>)[]) {
    const args = said.filter((one) => typeof one === 'string');
    const variables = said.find((one) => typeof one === 'object') ?? {};
    return shown(
      this.#lab.host(where),
      variables,
      args,
      said.find((one) => typeof one === 'number'),
    );
  }

  /** Which containers of the detector run. */
  #versions(paris: SiteHost): string {
    return paris
      .container('ps', '--no-trunc', '--format', '{{.ID}} {{.Names}}')
      .split('\n')
      .filter((line) => /shop-ids/.test(line) && !line.includes('sandbox'))
      .join(', ');
  }

  /** Opens connections from web to db; how many of them failed. */
  #opens(count: number): number {
    return Number(this.#lab.host('berlin').container(...opening(count)));
  }

  async #openMany(): Promise<number> {
    const berlin = this.#lab.host('berlin');
    const { code, stdout, stderr } = await berlin.run(berlin.engine, opening(connections));
    if (code !== 0) throw new Error(stderr);
    return Number(stdout);
  }
}

/** A loop in web, which prints how many failed. */
function opening(count: number): string[] {
  const loop = `failed=0; for i in $(seq ${count}); do nc -z -w 2 db 80 || failed=$((failed+1)); done; echo $failed`;
  return ['exec', 'shop-web-1', 'sh', '-c', loop];
}
