import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { NodeClient } from '../../src/api/client.ts';
import { NetworkingClient } from '../../src/api/networking-client.ts';
import { SocketTransport } from '../../src/api/socket-transport.ts';
import type { Endpoint } from '../../src/networks/standard/endpoint.ts';
import { pinging } from '../../test/support/endpoints.ts';
import { installedCommand } from '../../test/support/installed.ts';
import { type Ovs, startOvs } from '../../test/support/ovs.ts';
import { until } from '../../test/support/until.ts';

const ip = (...args: readonly string[]) => execFileSync('ip', args, { encoding: 'utf8' });

/** Networks that there are, by their archetypes; on each three endpoints: two talk, and the third is taken away. */
const archetypes = ['ip', 'sdn'] as const;
type Archetype = (typeof archetypes)[number];
const stations = ['one', 'two', 'three'] as const;

/** Milliseconds that a service is ready for before it is killed again: one that ends sooner after its start waits. */
const calm = 3000;

/** Whom a kill hits: the node, or the service that makes its interfaces, in a process of its own. */
export type Victim = 'node' | 'service';

export interface KillCost {
  /** Pings of 10 ms that got no answer, from the kill until all was as it should be. */
  readonly lost: number;
  /** Milliseconds from its return until all is as it is kept: for a service, from the kill. */
  readonly converged: number;
}

/** A host in a namespace with an Open vSwitch and a node of its own, which is killed. */
export class KilledHost {
  readonly #victim: Victim;
  readonly #prefix: string;
  readonly #folder = mkdtempSync(path.join(tmpdir(), 'heddle-bench-kill-'));
  readonly #made: string[] = [];
  readonly #addresses = new Map<string, string>();
  #ovs: Ovs | undefined;
  #node: ChildProcess | undefined;

  constructor(victim: Victim) {
    this.#victim = victim;
    this.#prefix = `hkill${process.pid}${victim}`;
  }

  async start(): Promise<void> {
    // Name servers read theirs as nobody.
    chmodSync(this.#folder, 0o755);
    this.#namespace(this.#prefix);
    this.#ovs = await startOvs(path.join(this.#folder, 'ovs'), this.#prefix);
    writeFileSync(
      path.join(this.#folder, 'node.yaml'),
      JSON.stringify({
        engine: 'none',
        metrics: 'off',
        ...(this.#victim === 'service' && { services: { linux: { process: 'own' } } }),
      }),
    );
    this.#startNode();
    const networking = new NetworkingClient(new SocketTransport(this.#socket));
    for (const archetype of archetypes) {
      await until('the network is there', async () => {
        await networking.networks.create({ name: archetype, archetype }, archetype);
        return true;
      });
      for (const station of stations) {
        const name = this.#station(archetype, station);
        const attachment = { kind: 'namespace', path: this.#namespace(name), interface: 'eth0' } as const;
        const made = await networking.endpoints(archetype).create({ name: station, attachment });
        this.#addresses.set(name, addressOf(made));
      }
      await this.#reached(archetype);
    }
  }

  /** Kills, takes an endpoint of each network away meanwhile, and waits until the one that was killed has mended that. */
  async kill(): Promise<KillCost> {
    const pings = archetypes.map((archetype) => {
      const to = this.#addresses.get(this.#station(archetype, 'two')) ?? '';
      return pinging(this.#station(archetype, 'one'), to);
    });
    await until('they are answered', () => pings.every(({ answers }) => answers > 20));
    await until('it has been well', async () => Date.now() - (await this.#status()).since > calm);
    const { pid } = await this.#status();
    process.kill(pid, 'SIGKILL');
    let began = performance.now();
    if (this.#victim === 'node' && this.#node) await once(this.#node, 'exit');
    // The end that is in the namespace takes the other with it.
    for (const archetype of archetypes) ip('-n', this.#station(archetype, 'three'), 'link', 'del', 'eth0');
    if (this.#victim === 'node') {
      began = performance.now();
      this.#startNode();
    }
    await Promise.all(archetypes.map((archetype) => this.#reached(archetype)));
    await until('it answers', async () => (await this.#status()).pid !== pid, 20_000, 5);
    const converged = performance.now() - began;
    const all = await Promise.all(pings.map((one) => one.stop()));
    return { lost: all.reduce((sum, { lost }) => sum + lost, 0), converged };
  }

  async remove(): Promise<void> {
    this.#node?.kill('SIGTERM');
    if (this.#node?.exitCode === null && this.#node.signalCode === null) await once(this.#node, 'exit');
    await this.#ovs?.stop();
    // Name servers outlive whoever started them.
    for (const pid of this.#made.length > 0 ? ip('netns', 'pids', this.#prefix).split('\n') : [])
      if (pid !== '') process.kill(Number(pid), 'SIGTERM');
    for (const name of this.#made.splice(0)) ip('netns', 'del', name);
    rmSync(this.#folder, { recursive: true, force: true });
  }

  get #socket(): string {
    return path.join(this.#folder, 'node.sock');
  }

  /** Of the victim, as the node says it. */
  async #status(): Promise<{ pid: number; since: number }> {
    const { services } = await new NodeClient(this.#socket).nodeStatus();
    const service = services.find(({ name }) => name === 'linux');
    const pid = this.#victim === 'node' ? this.#node?.pid : service?.pid;
    if (!pid || service?.phase !== 'ready') throw new Error('it is not there');
    return { pid, since: Date.parse(service.since) };
  }

  #startNode(): void {
    const config = path.join(this.#folder, 'node.yaml');
    const args = [`--net=/run/netns/${this.#prefix}`, '--', installedCommand, 'node', '--config', config];
    const env = {
      ...process.env,
      HEDDLE_RUN_DIR: this.#folder,
      HEDDLE_STATE_DIR: path.join(this.#folder, 'state'),
      OVS_RUNDIR: path.join(this.#folder, 'ovs'),
    };
    this.#node = spawn('nsenter', args, { stdio: ['ignore', 'ignore', 'inherit'], env });
  }

  async #reached(archetype: Archetype): Promise<void> {
    const to = this.#addresses.get(this.#station(archetype, 'three')) ?? '';
    const ping = ['ping', '-c', '1', '-W', '0.05', to];
    const from = `--net=/run/netns/${this.#station(archetype, 'one')}`;
    await until(
      'it is reached',
      () => {
        execFileSync('nsenter', [from, '--', ...ping], { stdio: 'ignore' });
        return true;
      },
      30_000,
      10,
    );
  }

  #station(archetype: Archetype, station: (typeof stations)[number]): string {
    return `${this.#prefix}-${archetype}-${station}`;
  }

  #namespace(name: string): string {
    ip('netns', 'add', name);
    this.#made.push(name);
    ip('-n', name, 'link', 'set', 'lo', 'up');
    return `/run/netns/${name}`;
  }
}

function addressOf({ name, status }: Endpoint): string {
  const [first] = (status.observed['addresses'] ?? []) as string[];
  if (first === undefined) throw new Error(`endpoint ${name} has no address`);
  return first.split('/')[0] ?? first;
}
