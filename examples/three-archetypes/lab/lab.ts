import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { until } from '../../lib/until.ts';
import { Host } from './host.ts';
import { folder } from './remove.ts';

const root = path.resolve(import.meta.dirname, '../../..');

export type HostName = 'north' | 'south';
const hostNames: readonly HostName[] = ['north', 'south'];
/** The interface of each host to the other, which its networks pass. */
export const uplink = 'eth1';
/** The interface that nodes share their state over. */
const management = { device: 'eth0', north: '192.0.2.1', south: '192.0.2.2' };

/** What `npm run demo:networks` has built: it starts in half the time that the sources take. */
export const heddleCommand = [
  process.execPath,
  '--disable-warning=ExperimentalWarning',
  '--',
  path.join(root, 'dist', 'cli', 'main.js'),
];

/** Of each node, in its host. */
const socket = '/run/heddle/node.sock';

/** Two hosts with a wire between them, a node on each, and an etcd that they share. */
export class Lab {
  readonly #hosts = new Map<HostName, Host>();
  readonly #running = new Map<string, ChildProcess>();
  readonly #over = new AbortController();

  claim(): void {
    if (existsSync(folder))
      throw new Error(
        'a lab is there already: end its demo, or remove it with npm run demo:networks -- --remove',
      );
    mkdirSync(path.join(folder, 'log'), { recursive: true, mode: 0o755 });
  }

  async build(): Promise<void> {
    for (const name of hostNames) {
      const log = openSync(path.join(folder, 'log', name), 'w');
      this.#hosts.set(name, await Host.start(name, log));
      closeSync(log);
    }
    this.#lay(management.device);
    this.#lay(uplink);
    for (const name of hostNames)
      this.host(name).ip('address', 'add', `${management[name]}/30`, 'dev', management.device);
    await this.#startEtcd();
    await Promise.all(hostNames.map((name) => this.#startSwitch(name)));
    await Promise.all(hostNames.map((name) => this.startNode(name)));
  }

  host(name: HostName): Host {
    const host = this.#hosts.get(name);
    if (!host) throw new Error(`there is no host ${name} yet`);
    return host;
  }

  /** Starts what goes on until the lab is removed, as `name`; what it prints is in the folder `log`. */
  start(name: string, host: HostName, command: readonly string[]): ChildProcess {
    this.#over.signal.throwIfAborted();
    const [program, args] = this.host(host).inside(command);
    const log = openSync(path.join(folder, 'log', name), 'a');
    // In a session of its own: Ctrl-C is for the demo, which ends all in order.
    const child = spawn(program, args, { detached: true, stdio: ['pipe', log, log], env: environment });
    closeSync(log);
    this.#running.set(name, child);
    return child;
  }

  /** Runs a program on a host to its end, 60 s at most; it has to succeed. */
  run(host: HostName, ...command: readonly string[]): Promise<string> {
    this.#over.signal.throwIfAborted();
    const [program, args] = this.host(host).inside(command);
    const child = spawn(program, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: environment,
      signal: this.#over.signal,
      timeout: 60_000,
    });
    let [printed, complained] = ['', ''];
    child.stdout.on('data', (chunk) => (printed += chunk));
    child.stderr.on('data', (chunk) => (complained += chunk));
    return new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code) => {
        if (code === 0) resolve(printed);
        else reject(new Error(`${command.join(' ')} on ${host}: exit ${code}\n${complained}${printed}`));
      });
    });
  }

  heddle(host: HostName, ...args: readonly string[]): Promise<string> {
    return this.run(host, ...heddleCommand, ...args);
  }

  /** Starts the node of a host, and waits until it answers. */
  async startNode(name: HostName): Promise<void> {
    const config = path.join(this.host(name).run, 'node.yaml');
    writeFileSync(config, nodeYaml(name));
    // `/run` is the host's own.
    this.start(`node-${name}`, name, [...heddleCommand, 'node', '--config', '/run/node.yaml']);
    const ask = ['curl', '-sf', '--unix-socket', socket, 'http://node/v1/networks'];
    await until(`the node of ${name} answers`, async () => (await this.run(name, ...ask)) !== undefined);
  }

  /** Kills the node of a host, which says nothing any more, and starts it again. */
  async restartNode(name: HostName): Promise<void> {
    const { pid } = JSON.parse(
      await this.run(name, 'curl', '-s', '--unix-socket', socket, 'http://node/v1/node'),
    );
    await this.run(name, 'kill', '-KILL', `${pid}`);
    const before = this.#running.get(`node-${name}`);
    await until(
      `the node of ${name} has ended`,
      () => before?.exitCode !== null || before?.signalCode !== null,
    );
    await this.startNode(name);
  }

  close(): void {
    this.#over.abort();
  }

  get fallen(): string[] {
    return [...this.#running].filter(([, { exitCode }]) => exitCode !== null).map(([name]) => name);
  }

  printed(name: string): string {
    return readFileSync(path.join(folder, 'log', name), 'utf8');
  }

  /** Joins an interface of both hosts by a wire. */
  #lay(device: string): void {
    const [north, south] = [this.host('north'), this.host('south')];
    const ends = ['type', 'veth', 'peer', 'name', device, 'netns', `${south.pid}`];
    execFileSync('ip', ['link', 'add', device, 'netns', `${north.pid}`, ...ends]);
    // Nobody speaks on it who was not asked to.
    for (const state of [['addrgenmode', 'none'], ['up']]) {
      for (const host of [north, south]) host.ip('link', 'set', device, ...state);
    }
  }

  async #startEtcd(): Promise<void> {
    const own = `http://${management.north}:2379`;
    const urls = ['--listen-client-urls', own, '--advertise-client-urls', own];
    const peers = ['--listen-peer-urls', 'http://127.0.0.1:2380'];
    this.start('etcd', 'north', ['etcd', '--data-dir', '/run/etcd', ...urls, ...peers]);
    await until('etcd answers', async () =>
      (await this.run('south', 'curl', '-sf', `${own}/health`)).includes('true'),
    );
  }

  async #startSwitch(name: HostName): Promise<void> {
    // As Debian starts it.
    const folder = '/var/run/openvswitch';
    const database = `${folder}/conf.db`;
    await this.run(name, 'mkdir', '-p', folder);
    await this.run(name, 'ovsdb-tool', 'create', database, '/usr/share/openvswitch/vswitch.ovsschema');
    const socket = `${folder}/db.sock`;
    this.start(`ovsdb-${name}`, name, ['ovsdb-server', database, `--remote=punix:${socket}`]);
    await until('the database of Open vSwitch answers', () =>
      this.run(name, 'ovs-vsctl', '--no-wait', 'init').then(() => true),
    );
    this.start(`vswitchd-${name}`, name, ['ovs-vswitchd', `unix:${socket}`]);
  }
}

function nodeYaml(name: HostName): string {
  return `name: ${name}
engine: none
stateDir: /run/heddle-state
metrics: "off"
edge: { uplink: ${uplink} }
state: { etcd: { endpoints: ["http://${management.north}:2379"] } }
`;
}

const environment: NodeJS.ProcessEnv = {
  ...process.env,
  FORCE_COLOR: undefined,
  HEDDLE_STATE_DIR: undefined,
  HEDDLE_RUN_DIR: undefined,
  OVS_RUNDIR: undefined,
  OVS_LOGDIR: undefined,
  OVS_DBDIR: undefined,
};
