import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { LinkStatus } from '../../src/networks/wan/status.ts';
import type { Outcome } from './host.ts';
import { installedCommand } from './installed.ts';
import { run } from './run.ts';
import { until } from './until.ts';

const prefix = `hlk${process.pid}`;
const wires = `${prefix}-wires`;
const etcd = 'http://192.0.2.254:2379';
/** What nodes reach etcd by, and their uplinks, of which the first is the cheaper. */
const networks = ['ctl', 'w1', 'w2'] as const;
export type Wire = 'w1' | 'w2';

const ip = (...args: readonly string[]) => execFileSync('ip', args, { encoding: 'utf8' });

/** A node at a site of its own, in a network namespace. */
export class SiteNode {
  readonly name: string;
  readonly namespace: string;
  readonly interface: string;
  readonly stateDir: string;
  readonly #runDir: string;
  readonly #config: string;
  #child: ChildProcess | undefined;
  #log = '';

  constructor(name: string, folder: string, kind: string, wires: readonly Wire[]) {
    this.name = name;
    this.namespace = `${prefix}-${name}`;
    this.interface = `hw-${name}`;
    this.stateDir = path.join(folder, name, 'state');
    this.#runDir = path.join(folder, name, 'run');
    this.#config = path.join(folder, name, 'node.yaml');
    for (const one of [this.stateDir, this.#runDir]) mkdirSync(one, { recursive: true });
    writeFileSync(
      this.#config,
      JSON.stringify({
        name,
        site: `site-${name}`,
        engine: 'none',
        state: { etcd: { endpoints: [etcd] } },
        edge: { driver: 'vxlan', uplink: this.interface },
        wan: {
          kind,
          interface: this.interface,
          uplinks: wires.map((wire) => ({ interface: wire, network: wire, cost: wire === 'w1' ? 0 : 50 })),
        },
      }),
    );
  }

  /** What it has logged. */
  get log(): string {
    return this.#log;
  }

  get keyFile(): { readonly text: string; readonly mode: number } {
    const file = path.join(this.stateDir, 'links/keys.json');
    return { text: readFileSync(file, 'utf8'), mode: statSync(file).mode & 0o777 };
  }

  start(): void {
    const args = [installedCommand, 'node', 'start', '--config', this.#config];
    this.#child = spawn('nsenter', [`--net=/run/netns/${this.namespace}`, '--', ...args], {
      env: this.#env,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    this.#child.stderr?.on('data', (chunk) => {
      this.#log += chunk;
    });
  }

  async end(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    const child = this.#child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill(signal);
    await ended;
  }

  heddle(...args: readonly string[]): Promise<Outcome> {
    const entered = [`--net=/run/netns/${this.namespace}`, '--', installedCommand, ...args];
    return run('nsenter', entered, this.#env, () => this.#log);
  }

  async links(): Promise<LinkStatus[]> {
    const { stdout, stderr } = await this.heddle('link', 'ls', '--format', 'json');
    if (stdout === '') throw new Error(stderr);
    return JSON.parse(stdout) as LinkStatus[];
  }

  /** The only one. */
  async link(): Promise<LinkStatus> {
    const [link] = await this.links();
    if (!link) throw new Error(`node ${this.name} has no link`);
    return link;
  }

  purge(): Promise<Outcome> {
    return this.heddle('node', 'down', '--purge', '--force', '--config', this.#config);
  }

  /** Runs a program in its network namespace. */
  run(...command: readonly string[]): string {
    return execFileSync('nsenter', [`--net=/run/netns/${this.namespace}`, '--', ...command], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  }

  /** Process of wireguard-go for its links; nothing where there is none. */
  get wireguard(): number | undefined {
    const lines = execFileSync('ps', ['-eo', 'pid=,args='], { encoding: 'utf8' }).split('\n');
    const found = lines.find((line) => line.trim().endsWith(` wireguard-go ${this.interface}`));
    return found === undefined ? undefined : Number(found.trim().split(' ')[0]);
  }

  get #env(): NodeJS.ProcessEnv {
    return {
      ...process.env,
      HEDDLE_STATE_DIR: this.stateDir,
      HEDDLE_RUN_DIR: this.#runDir,
      HEDDLE_METRICS: 'off',
    };
  }
}

/** Two nodes at two sites, two wires between them, and the etcd that they share. */
export class LinksLab {
  readonly a: SiteNode;
  readonly b: SiteNode;
  readonly #folder = mkdtempSync(path.join(tmpdir(), 'heddle-links-'));
  #etcd: ChildProcess | undefined;

  /** `wires`: those that nodes have links by. */
  constructor(kind: string, wires: readonly Wire[] = ['w1', 'w2']) {
    this.a = new SiteNode('a', this.#folder, kind, wires);
    this.b = new SiteNode('b', this.#folder, kind, wires);
  }

  async start(): Promise<void> {
    for (const namespace of [wires, this.a.namespace, this.b.namespace]) {
      ip('netns', 'add', namespace);
      ip('-n', namespace, 'link', 'set', 'lo', 'up');
    }
    for (const [index, network] of networks.entries()) {
      ip('-n', wires, 'link', 'add', network, 'type', 'bridge', 'forward_delay', '0', 'stp_state', '0');
      ip('-n', wires, 'link', 'set', network, 'up');
      for (const [host, node] of [this.a, this.b].entries()) {
        const other = ['peer', 'name', portOf(network, node), 'netns', wires];
        ip('-n', node.namespace, 'link', 'add', network, 'type', 'veth', ...other);
        ip('-n', wires, 'link', 'set', portOf(network, node), 'master', network, 'up');
        const address = `${index === 0 ? '192.0.2' : `198.51.10${index}`}.${host + 1}/24`;
        ip('-n', node.namespace, 'address', 'add', address, 'dev', network);
        ip('-n', node.namespace, 'link', 'set', network, 'up');
      }
    }
    ip('-n', wires, 'address', 'add', '192.0.2.254/24', 'dev', 'ctl');
    const flags = [
      ['--data-dir', path.join(this.#folder, 'etcd')],
      ['--listen-client-urls', etcd],
      ['--advertise-client-urls', etcd],
      ['--listen-peer-urls', 'http://127.0.0.1:2380'],
    ].flat();
    this.#etcd = spawn('nsenter', [`--net=/run/netns/${wires}`, '--', 'etcd', ...flags], { stdio: 'ignore' });
    await until('etcd answers', () => {
      this.run('curl', '-sf', '-m', '1', `${etcd}/health`);
      return true;
    });
    for (const node of [this.a, this.b]) node.start();
    await until('the link is up', async () => {
      const [here, there] = await Promise.all([this.a.link(), this.b.link()]);
      return here.state === 'up' && there.state === 'up';
    });
  }

  /** Takes a wire away from node a, by its carrier or without a word, or gives it back. */
  cut(wire: Wire, how: 'carrier' | 'silent', isCut: boolean): void {
    const port = portOf(wire, this.a);
    if (how === 'carrier') ip('-n', wires, 'link', 'set', port, isCut ? 'down' : 'up');
    else ip('-n', wires, 'link', 'set', port, ...(isCut ? ['nomaster'] : ['master', wire]));
  }

  /** All that nodes share, as etcd has it. */
  shared(): string {
    const answer = this.run(
      'curl',
      '-sf',
      '-m',
      '5',
      '-d',
      '{"key":"AA==","range_end":"AA=="}',
      `${etcd}/v3/kv/range`,
    );
    const { kvs = [] } = JSON.parse(answer) as { kvs?: { key: string; value: string }[] };
    return kvs
      .map(({ key, value }) => `${Buffer.from(key, 'base64')} ${Buffer.from(value, 'base64')}`)
      .join('\n');
  }

  /** Runs a program beside etcd, on the wires. */
  run(...command: readonly string[]): string {
    return execFileSync('nsenter', [`--net=/run/netns/${wires}`, '--', ...command], { encoding: 'utf8' });
  }

  get wires(): string {
    return wires;
  }

  async remove(): Promise<void> {
    await Promise.all([this.a.end('SIGKILL'), this.b.end('SIGKILL')]);
    if (this.#etcd?.kill('SIGKILL')) await once(this.#etcd, 'exit');
    for (const namespace of [this.a.namespace, this.b.namespace, wires]) {
      for (const pid of ip('netns', 'pids', namespace).split('\n').filter(Boolean))
        process.kill(Number(pid), 'SIGKILL');
      ip('netns', 'del', namespace);
    }
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

function portOf(network: string, { name }: SiteNode): string {
  return `${network}-${name}`;
}
