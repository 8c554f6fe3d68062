import { HeddleError, toHeddleError } from '../../lib/errors.ts';
import { NextTurn } from '../../lib/next-turn.ts';
import { ipJson, type Link } from '../ip.ts';
import { host } from '../linux/links.ts';
import { refusals } from './check.ts';
import type { Edge, IngressPort, PortCounters, Refused, RunningProgram, Underlay } from './edge.ts';

interface Surroundings {
  readonly links: () => Promise<readonly Link[]>;
  readonly ready: () => Promise<void>;
}

/** The edge of this node, as networks join it. An edge is told all there is at once, and they come one by one. */
export class NodeEdge {
  readonly driver: string;
  readonly #edge: Edge;
  readonly #links: () => Promise<readonly Link[]>;
  /** The host's interface to the physical network. */
  readonly uplink: string;
  /** Networks that are joined; not known before the first turn. */
  #joined: ReadonlySet<string> | undefined;
  #isSettled = false;
  readonly #ready: () => Promise<void>;
  readonly #turn = new NextTurn<Refused>();

  /**
   * @param driver its name
   * @param ready brings about that it may be made; called again at each turn
   */
  constructor(
    edge: Edge,
    uplink: string,
    driver: string,
    { links = linksOfHost, ready = async () => {} }: Partial<Surroundings> = {},
  ) {
    this.#links = links;
    this.#ready = ready;
    this.driver = driver;
    this.#edge = edge;
    this.uplink = uplink;
  }

  /**
   * Brings about that just the ports are joined that there are when it is their turn: whoever waits for the same turn is
   * answered by it. One that cannot be joined keeps no other from it.
   * @throws HeddleError ERR_NETWORK when none can be
   */
  join(ports: () => Promise<readonly IngressPort[]>): Promise<Refused> {
    return this.#turn.take(async () => this.#join(await ports()));
  }

  /** Whether all is done: not before the first turn, after one that failed, and while somebody has something who does not run. */
  get isSettled(): boolean {
    return this.#isSettled;
  }

  /** Whether a network may be joined so far. */
  mayHave(network: string): boolean {
    return this.#joined?.has(network) ?? true;
  }

  /** The program of its own that the network with a VLAN id passes. */
  programOf(vlan: number): RunningProgram | undefined {
    return this.#edge.programs?.running(vlan);
  }

  /**
   * Whether a network can have a program of its own here at all.
   * @throws HeddleError ERR_NETWORK_PROGRAM
   */
  checkProgram({ name, program }: Pick<IngressPort, 'name' | 'program'>): void {
    if (program === undefined || this.#edge.programs) return;
    throw new HeddleError(
      'ERR_NETWORK_PROGRAM',
      `network ${name}: program: the edge’s driver ${this.driver} has networks pass no programs of their own`,
      {
        hint: 'drivers that do are ebpf, vxlan and ethernet; p4 has one pipeline for all networks: `edge.options.pipeline`',
      },
    );
  }

  /** Bytes of the largest MTU that a network may have to be joined over an uplink of that MTU. */
  largest(uplinkMtu: number): number {
    return uplinkMtu - this.#edge.overhead;
  }

  /** What has passed to other hosts and from them. */
  counters(): Promise<readonly PortCounters[]> {
    return this.#edge.counters();
  }

  /** Where other hosts find it. */
  async underlay(): Promise<Underlay> {
    return (await this.#edge.underlay?.()) ?? [];
  }

  /** Says where all hosts are, whenever that changes. @throws HeddleError ERR_NETWORK */
  async meet(hosts: readonly Underlay[]): Promise<void> {
    await this.#edge.meet?.(hosts);
  }

  /** Removes all of it from this host. @returns what somebody has of it still who does not run, in words */
  async remove(): Promise<string | undefined> {
    await this.#edge.stop();
    return this.#edge.settleOwed?.();
  }

  async #join(ports: readonly IngressPort[]): Promise<Refused> {
    this.#isSettled = false;
    await this.#ready();
    // Without networks there is nothing to do on an interface that is not Heddle's.
    if (ports.length === 0) {
      const owed = await this.remove();
      this.#joined = new Set();
      this.#isSettled = owed === undefined;
      return new Map();
    }
    const links = await this.#links();
    const refused = new Map([
      ...refusals(ports, this.uplink, links, this.#edge.overhead, this.#edge.isOverIp),
      ...this.#programless(ports),
    ]);
    const rest = ports.filter(({ network }) => !refused.has(network));
    // Where the uplink is away, what there is waits for it.
    if (rest.length === 0 && !links.some(({ ifname }) => ifname === this.uplink)) return refused;
    if (rest.length === 0) await this.#edge.stop();
    const without = rest.length === 0 ? [] : await this.#edge.apply(rest);
    this.#joined = new Set(rest.map(({ network }) => network));
    this.#isSettled = true;
    return new Map([...refused, ...without]);
  }

  /** Networks that are to pass a program where there are none. */
  #programless(ports: readonly IngressPort[]): Refused {
    return new Map(
      ports.flatMap((port) => {
        try {
          this.checkProgram(port);
          return [];
        } catch (error) {
          return [[port.network, toHeddleError(error)] as const];
        }
      }),
    );
  }
}

function linksOfHost(): Promise<readonly Link[]> {
  return ipJson<Link>(host, ['link', 'show']);
}
