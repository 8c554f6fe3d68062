import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Endpoint } from '../../src/networks/standard/endpoint.ts';
import type { Network } from '../../src/networks/standard/network.ts';
import { Capture } from './capture.ts';
import { pinging } from './endpoints.ts';
import { type Ovs, startOvs } from './ovs.ts';
import type { SharedOrder } from './shared-node-process.ts';
import { Told } from './told.ts';
import { until } from './until.ts';

const prefix = `hnl${process.pid}`;
const wires = `${prefix}-wires`;
/** A host's interface to the switch that etcd is on, and to one with nothing but hosts. */
const uplink = 'upl';
const bareUplink = 'bare';
const etcd = 'http://192.0.2.254:2379';
const hosts = ['a', 'b'] as const;
export type HostName = (typeof hosts)[number];

const ip = (...args: readonly string[]) => execFileSync('ip', args, { encoding: 'utf8' });

/** A host with an uplink, and its node, which shares its networks. */
export class LabNode {
  readonly namespace: string;
  readonly #name: HostName;
  readonly #folder: string;
  readonly #settings: object;
  #process: Told | undefined;
  #ovs: Ovs | undefined;

  constructor(name: HostName, folder: string, settings: object) {
    this.namespace = `${prefix}-${name}`;
    this.#name = name;
    this.#folder = path.join(folder, name);
    this.#settings = { name, ...settings };
  }

  async start(): Promise<void> {
    mkdirSync(this.#folder, { recursive: true });
    const settings = JSON.stringify(this.#settings);
    const ovs = `${this.#folder}/ovs`;
    this.#ovs ??= await startOvs(ovs, this.namespace);
    this.#process = new Told(this.namespace, 'shared-node-process.ts', this.#folder, settings, ovs);
    await this.#process.told();
  }

  async kill(): Promise<void> {
    const { exitCode, signalCode } = this.#process?.child ?? { exitCode: 0, signalCode: null };
    if (exitCode === null && signalCode === null) await this.#process?.end('SIGKILL');
  }

  async remove(): Promise<void> {
    await this.kill();
    await this.#ovs?.stop();
  }

  async stop(): Promise<void> {
    await this.tell({ stop: true });
    await this.#process?.end();
  }

  /** @throws Error with code and message of what was refused */
  async tell<Answer = Network & Endpoint>(order: SharedOrder): Promise<Answer> {
    const answer = JSON.parse((await this.#process?.tell(order)) ?? '{}');
    if (answer.error) throw new Error(`${answer.error.code}: ${answer.error.message}`);
    return answer;
  }

  /** Where its doors’ program asks. */
  get socket(): string {
    return path.join(this.#folder, 'node.sock');
  }

  /** Makes a namespace on this host, and gives it access. @returns its first address, without its length */
  async join(station: string, of: string, by: LabNode = this, key?: string): Promise<string> {
    const attachment = { kind: 'namespace', path: makeStation(station), interface: 'eth0' } as const;
    const join = { name: station, node: this.#name, attachment };
    const made = await by.tell({ join, of, ...(key !== undefined && { key }) });
    return String((made.options['addresses'] as string[] | undefined)?.[0]);
  }

  /** Runs a program in its network namespace. */
  run(...command: readonly string[]): string {
    return runIn(this.namespace, command);
  }
}

/** Two hosts on one switch, on which is also the etcd that their nodes share. */
export class NodesLab {
  readonly a: LabNode;
  readonly b: LabNode;
  readonly #folder = mkdtempSync(path.join(tmpdir(), 'heddle-nodes-'));
  /** The namespace of the switch. */
  readonly wires = wires;
  readonly #isBare: boolean;
  #etcd: ChildProcess | undefined;

  /**
   * @param edge a driver; nodes without an edge share what they have of networks, and no frames
   * @param more settings of a node
   */
  constructor(edge?: 'ebpf' | 'vxlan' | 'ethernet', more: (host: HostName) => object = () => ({})) {
    const settingsOf = (name: HostName) => ({
      state: { etcd: { endpoints: [etcd] } },
      ...more(name),
      ...(edge === 'ethernet' && {
        edge: { driver: edge, uplink: bareUplink, options: { title: `host ${name}` } },
      }),
      ...((edge === 'ebpf' || edge === 'vxlan') && { edge: { driver: edge, uplink } }),
    });
    this.#isBare = edge === 'ethernet';
    this.a = new LabNode('a', this.#folder, settingsOf('a'));
    this.b = new LabNode('b', this.#folder, settingsOf('b'));
  }

  async start(): Promise<void> {
    ip('netns', 'add', wires);
    ip('-n', wires, 'link', 'set', 'lo', 'up');
    ip('-n', wires, 'link', 'add', 'switch', 'type', 'bridge', 'forward_delay', '0', 'stp_state', '0');
    ip('-n', wires, 'address', 'add', '192.0.2.254/24', 'dev', 'switch');
    ip('-n', wires, 'link', 'set', 'switch', 'up');
    for (const [index, node] of [this.a, this.b].entries()) {
      const { namespace } = node;
      ip('netns', 'add', namespace);
      ip('-n', namespace, 'link', 'set', 'lo', 'up');
      addWire(namespace, uplink, hosts[index]);
      ip('-n', namespace, 'address', 'add', `192.0.2.${index + 1}/24`, 'dev', uplink);
      ip('-n', namespace, 'link', 'set', uplink, 'up');
      ip('-n', wires, 'link', 'set', portOf(hosts[index]), 'master', 'switch', 'up');
    }
    if (this.#isBare) this.#addBareWire();
    const urls = { client: etcd, peer: 'http://127.0.0.1:2380' };
    const flags = [
      ['--data-dir', path.join(this.#folder, 'etcd')],
      ['--listen-client-urls', urls.client],
      ['--advertise-client-urls', urls.client],
      ['--listen-peer-urls', urls.peer],
      ['--initial-advertise-peer-urls', urls.peer],
      ['--initial-cluster', `default=${urls.peer}`],
    ].flat();
    this.#etcd = spawn('nsenter', [`--net=/run/netns/${wires}`, '--', 'etcd', ...flags], { stdio: 'ignore' });
    await until('etcd answers', () => {
      runIn(wires, ['curl', '-sf', '-m', '1', `${urls.client}/health`]);
      return true;
    });
    await Promise.all([this.a.start(), this.b.start()]);
  }

  /** A wire on which nobody has an address, of any kind but Ethernet's. */
  #addBareWire(): void {
    const { namespace } = this.a;
    const other = ['peer', 'name', bareUplink, ...room, 'netns', this.b.namespace];
    ip('-n', namespace, 'link', 'add', bareUplink, ...room, 'type', 'veth', ...other);
    for (const node of [this.a, this.b]) {
      node.run('sh', '-c', `echo 1 >/proc/sys/net/ipv6/conf/${bareUplink}/disable_ipv6`);
      ip('-n', node.namespace, 'link', 'set', bareUplink, 'up');
    }
  }

  /** All that passes on the wire that has nothing but hosts. */
  capture(): Promise<Capture> {
    return Capture.start(this.a.namespace, bareUplink);
  }

  /** Cuts a host off from the other and from etcd, or lets it have them again. */
  cut(name: HostName, isCut: boolean): void {
    ip('-n', wires, 'link', 'set', portOf(name), isCut ? 'down' : 'up');
  }

  /** The keys of what the nodes share. */
  keys(): string[] {
    return this.#entries().map(({ key }) => key);
  }

  /** Lets the lease of a node end, as etcd does when it has heard nothing of it for its term. */
  endLease(name: HostName): void {
    const { lease } = this.#entries().find(({ key }) => key === `nodes/${name}`) ?? {};
    ask('lease/revoke', { ID: lease });
  }

  #entries(): { readonly key: string; readonly lease?: string }[] {
    const { kvs = [] } = ask<{ kvs?: { key: string; lease?: string }[] }>('kv/range', {
      key: 'AA==',
      range_end: 'AA==',
      keys_only: true,
    });
    const base = /^.*?\/entries\//;
    return kvs
      .map((one) => ({ ...one, key: Buffer.from(one.key, 'base64').toString() }))
      .filter(({ key }) => base.test(key))
      .map((one) => ({ ...one, key: one.key.replace(base, '') }));
  }

  /** The name of a station's namespace. */
  nameOf(station: string): string {
    return `${prefix}-${station}`;
  }

  /** A station's namespace. */
  pathOf(station: string): string {
    return `/run/netns/${prefix}-${station}`;
  }

  /** Runs a program in a station's namespace. */
  run(station: string, ...command: readonly string[]): string {
    return runIn(`${prefix}-${station}`, command);
  }

  /** Pings an address from a station's namespace. */
  pinging(station: string, address: string) {
    return pinging(`${prefix}-${station}`, address);
  }

  async remove(): Promise<void> {
    await Promise.all([this.a.remove(), this.b.remove()]);
    if (this.#etcd?.kill('SIGKILL')) await once(this.#etcd, 'exit');
    for (const line of ip('netns', 'list').split('\n')) {
      const [name = ''] = line.split(' ');
      if (!name.startsWith(`${prefix}-`)) continue;
      for (const pid of ip('netns', 'pids', name).split('\n').filter(Boolean))
        process.kill(Number(pid), 'SIGKILL');
      ip('netns', 'del', name);
    }
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** Asks etcd over its gateway. */
function ask<Answer>(what: string, body: object): Answer {
  const said = ['-d', JSON.stringify(body), `${etcd}/v3/${what}`];
  return JSON.parse(runIn(wires, ['curl', '-sf', '-m', '5', ...said])) as Answer;
}

/** Makes a station’s namespace. @returns its path */
export function makeStation(station: string): string {
  ip('netns', 'add', `${prefix}-${station}`);
  return `/run/netns/${prefix}-${station}`;
}

/** Drivers of the edge add headers, and networks want frames of 1500 bytes. */
const room = ['mtu', '1600'];

function addWire(namespace: string, name: string, host: HostName | undefined): void {
  const other = ['peer', 'name', portOf(host), ...room, 'netns', wires];
  ip('-n', namespace, 'link', 'add', name, ...room, 'type', 'veth', ...other);
}

function portOf(host: HostName | undefined): string {
  return `to-${host}`;
}

function runIn(namespace: string, command: readonly string[]): string {
  return execFileSync('nsenter', [`--net=/run/netns/${namespace}`, '--', ...command], { encoding: 'utf8' });
}
