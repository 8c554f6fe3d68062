import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { IngressPort, PortCounters, RunningProgram } from '../../src/networks/nve/edge.ts';
import { portName } from '../../src/networks/nve/names.ts';
import { Capture } from './capture.ts';
import type { EdgeOrder } from './nve-process.ts';
import { type Ovs, openVswitchIn, startOvs } from './ovs.ts';
import { Told } from './told.ts';
import { until } from './until.ts';

const prefix = `hnve${process.pid}`;
export const uplink = 'upl';

export const ip = (...args: readonly string[]) => execFileSync('ip', args, { encoding: 'utf8' });

/** The lab's networks: a bridge of each is on both hosts, with a pod on it. */
export const networks = ['red', 'green', 'blue'] as const;
export type NetworkName = (typeof networks)[number];
/** Not in order, and the first and last that there are. */
export const vlans = { red: 1, green: 4094, blue: 100 } as const satisfies Record<NetworkName, number>;

export function portOf(name: NetworkName, mtu = 1500): IngressPort {
  return { vlan: vlans[name], network: `${name}00000000`.slice(0, 12), name, mtu };
}

/** A driver, and what it needs of a host. */
export interface EdgeKind {
  readonly driver: string;
  readonly options?: (host: number) => object;
  /** Bytes that it adds to a frame and the uplink's MTU counts. */
  readonly overhead?: number;
  readonly needsOpenVswitch?: true;
  /** It takes a tag of VLAN 0, which names none, for no tag (IEEE 802.1Q, table 9-2). */
  readonly dropsNullTags?: true;
}

/** A host's address on the wire. */
export const underlay = {
  ipv4: (host: number) => `192.0.2.${host}`,
  ipv6: (host: number) => `2001:db8::${host}`,
} as const;

/** A namespace on one of the networks, on one of the hosts. */
export class EdgePod {
  readonly namespace: string;
  readonly mac: string;
  readonly address: string;
  readonly #socket: Told;
  readonly capture: Capture;

  private constructor(namespace: string, mac: string, address: string, capture: Capture) {
    this.namespace = namespace;
    this.mac = mac;
    this.address = address;
    this.#socket = new Told(namespace, 'raw-socket-process.ts', 'eth0');
    this.capture = capture;
  }

  static async start(host: number, network: NetworkName): Promise<EdgePod> {
    const namespace = `${prefix}-${network}${host}`;
    const index = networks.indexOf(network);
    const [mac, address] = [`02:00:00:00:0${index}:0${host}`, `10.99.${index}.${host}`];
    const inside = ['peer', 'name', 'eth0', 'address', mac, 'netns', namespace];
    addQuiet(namespace);
    ip('-n', nameOf(host), 'link', 'add', `p-${network}`, 'type', 'veth', ...inside);
    ip('-n', nameOf(host), 'link', 'set', `p-${network}`, 'master', network, 'addrgenmode', 'none');
    ip('-n', nameOf(host), 'link', 'set', `p-${network}`, 'up');
    ip('-n', namespace, 'link', 'set', 'eth0', 'up');
    ip('-n', namespace, 'address', 'add', `${address}/24`, 'dev', 'eth0');
    return new EdgePod(namespace, mac, address, await Capture.start(namespace, 'eth0'));
  }

  async send(frame: Buffer): Promise<void> {
    const sent = Number(await this.#socket.tell({ send: frame.toString('hex') }));
    if (sent !== frame.length) throw new Error(`${sent} of ${frame.length} bytes sent`);
  }

  /** Runs a program in the namespace. */
  run(...command: readonly string[]): string {
    return runIn(this.namespace, command);
  }

  end(): void {
    this.#socket.child.kill();
    this.capture.end();
  }
}

/** A host with an uplink, bridges, and an edge, which its networks are not joined to yet. */
export class EdgeHost {
  readonly namespace: string;
  readonly pods: Readonly<Record<NetworkName, EdgePod>>;
  readonly folder = mkdtempSync(path.join(tmpdir(), 'heddle-nve-'));
  readonly #number: number;
  readonly #kind: EdgeKind;
  #openVswitch: Ovs | undefined;
  #node: Told;

  private constructor(number: number, kind: EdgeKind, pods: EdgeHost['pods']) {
    this.#number = number;
    this.namespace = nameOf(number);
    this.pods = pods;
    this.#kind = kind;
    this.#node = this.#started();
  }

  static async start(number: number, kind: EdgeKind): Promise<EdgeHost> {
    const namespace = nameOf(number);
    for (const network of networks) {
      // One that looks for multicast would say so itself, some time later (RFC 4286), and be counted.
      const silent = ['forward_delay', '0', 'stp_state', '0', 'mcast_snooping', '0'];
      ip('-n', namespace, 'link', 'add', network, 'type', 'bridge', ...silent);
      ip('-n', namespace, 'link', 'set', network, 'addrgenmode', 'none');
      ip('-n', namespace, 'link', 'set', network, 'up');
    }
    const [red, green, blue] = await Promise.all(networks.map((network) => EdgePod.start(number, network)));
    if (!red || !green || !blue) throw new Error('no pods');
    const host = new EdgeHost(number, kind, { red, green, blue });
    if (kind.needsOpenVswitch) host.#openVswitch = await startOvs(openVswitchIn(host.folder), namespace);
    return host;
  }

  get openVswitch(): Ovs {
    if (!this.#openVswitch) throw new Error('it has none');
    return this.#openVswitch;
  }

  #started(): Told {
    const options = JSON.stringify(this.#kind.options?.(this.#number) ?? {});
    return new Told(this.namespace, 'nve-process.ts', this.#kind.driver, uplink, this.folder, options);
  }

  /** Joins these networks, and no others; their ports are on their bridges then, as the owner of each network does it. */
  async apply(...ports: readonly IngressPort[]): Promise<Readonly<Record<string, string>>> {
    const refused = (await this.#order({ apply: ports })) as Record<string, string>;
    for (const { vlan, name, mtu, network } of ports)
      if (refused[network] === undefined)
        ip('-n', this.namespace, 'link', 'set', portName(vlan), 'mtu', String(mtu), 'master', name, 'up');
    return refused;
  }

  /** The program of its own that a network passes. */
  async running(vlan: number): Promise<RunningProgram | undefined> {
    return (await this.#order({ running: vlan })) as RunningProgram | undefined;
  }

  /** Gives the edge other options, for what is applied from then on. */
  async configure(options: object): Promise<void> {
    await this.#order({ configure: options });
  }

  async counters(): Promise<Record<string, PortCounters>> {
    const all = (await this.#order({ counters: true })) as PortCounters[];
    return Object.fromEntries(all.map((one) => [one.vlan, one]));
  }

  async stop(): Promise<void> {
    await this.#order({ stop: true });
  }

  async kill(): Promise<void> {
    await this.#node.end('SIGKILL');
  }

  restart(): void {
    this.#node = this.#started();
  }

  /** A server for a stream of TCP, once it listens, in a pod of its own. */
  serve(pod: EdgePod): Disposable {
    const child = spawn('nsenter', [`--net=/run/netns/${pod.namespace}`, '--', 'iperf3', '-s'], {
      stdio: 'ignore',
    });
    return { [Symbol.dispose]: () => void child.kill() };
  }

  /** For frames as they are given, on an interface of the host itself. */
  socket(device: string): { send(frame: Buffer): Promise<void> } & Disposable {
    const told = new Told(this.namespace, 'raw-socket-process.ts', device);
    return {
      send: async (frame) => void (await told.tell({ send: frame.toString('hex') })),
      [Symbol.dispose]: () => void told.child.kill(),
    };
  }

  /** Runs a program in its network namespace. */
  run(...command: readonly string[]): string {
    return runIn(this.namespace, command);
  }

  async #order(order: EdgeOrder): Promise<unknown> {
    const { result, error } = JSON.parse(await this.#node.tell(order));
    if (error !== undefined) throw new Error(error);
    return result;
  }

  async remove(): Promise<void> {
    await this.stop();
    await this.#node.end();
    await this.#openVswitch?.stop();
    for (const pod of Object.values(this.pods)) pod.end();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Two hosts whose uplinks are the two ends of a wire. */
export class EdgeLab {
  readonly one: EdgeHost;
  readonly two: EdgeHost;
  readonly wire: Capture;

  private constructor(one: EdgeHost, two: EdgeHost, wire: Capture) {
    this.one = one;
    this.two = two;
    this.wire = wire;
  }

  static async start(kind: EdgeKind): Promise<EdgeLab> {
    const [one, two] = [nameOf(1), nameOf(2)];
    for (const host of [one, two]) addQuiet(host);
    const mtu = ['mtu', String(1500 + (kind.overhead ?? 0))];
    ip(
      '-n',
      one,
      'link',
      'add',
      uplink,
      ...mtu,
      'type',
      'veth',
      'peer',
      'name',
      uplink,
      ...mtu,
      'netns',
      two,
    );
    for (const [index, host] of [one, two].entries()) {
      runIn(host, ['sh', '-c', `echo 0 >/proc/sys/net/ipv6/conf/${uplink}/disable_ipv6`]);
      ip('-n', host, 'address', 'add', `${underlay.ipv4(index + 1)}/24`, 'dev', uplink);
      ip('-n', host, 'address', 'add', `${underlay.ipv6(index + 1)}/64`, 'dev', uplink, 'nodad');
      ip('-n', host, 'link', 'set', uplink, 'addrgenmode', 'none');
      ip('-n', host, 'link', 'set', uplink, 'up');
    }
    const hosts = await Promise.all([EdgeHost.start(1, kind), EdgeHost.start(2, kind)]);
    return new EdgeLab(...hosts, await Capture.start(one, uplink));
  }

  /** Frames on the wire that hold a text, once there is one: each capture has its own pace. */
  async seen(text: string): Promise<Buffer[]> {
    await until('it is seen on the wire', () => this.wire.with(text).length > 0);
    return this.wire.with(text);
  }

  async remove(): Promise<void> {
    await Promise.all([this.one.remove(), this.two.remove()]);
    this.wire.end();
    for (const host of [this.one, this.two]) {
      for (const { namespace } of [...Object.values(host.pods), host]) ip('netns', 'del', namespace);
    }
  }
}

function runIn(namespace: string, command: readonly string[]): string {
  return execFileSync('nsenter', [`--net=/run/netns/${namespace}`, '--', ...command], { encoding: 'utf8' });
}

/** A network namespace that says nothing by itself: what is counted is what was sent. */
function addQuiet(namespace: string): void {
  ip('netns', 'add', namespace);
  const quiet = 'echo 1 >/proc/sys/net/ipv6/conf/default/disable_ipv6; echo 0 >/proc/sys/net/ipv4/ip_forward';
  execFileSync('nsenter', [`--net=/run/netns/${namespace}`, 'sh', '-c', quiet]);
}

function nameOf(host: number): string {
  return `${prefix}-host${host}`;
}
