import type * as z from '../../lib/zod.ts';

/**
 * The network virtualization edge of a host: it joins the virtual networks on it to the physical network. There is one on a
 * node, and it outlives the node's process: frames pass while nobody watches.
 */
export interface Edge {
  /** Bytes that it adds to a frame and the MTU of the uplink counts. */
  readonly overhead: number;
  /**
   * Brings about that exactly these networks are joined, from whatever is there; what is as it should be is not touched.
   * For each there is then the interface {@link portName}, for its owner to make a port of the network's bridge.
   * @throws HeddleError ERR_NETWORK, ERR_NETWORK_POOL for an id that somebody else on the host uses
   */
  apply(ports: readonly IngressPort[]): Promise<void>;
  /** What has passed since a network was joined. */
  counters(): Promise<readonly PortCounters[]>;
  /** Where the edges of other hosts find this one: addresses of IP. An edge that needs none has none. */
  underlay?(): Promise<Underlay>;
  /**
   * Says where the edges of all hosts are that share networks, this one's among them. Nothing of it is known before, and what
   * there is stays as it is.
   * @throws HeddleError ERR_NETWORK
   */
  meet?(hosts: readonly Underlay[]): Promise<void>;
  /** Removes what it has made on this host, and nothing else. */
  stop(): Promise<void>;
}

/** The addresses of one host, at most one of each family. */
export type Underlay = readonly string[];

/** Where a virtual network comes in. An archetype with planes of their own has one for each. */
export interface IngressPort {
  /** Id of the network on the physical network, the same on every node: 1 to 4094 (IEEE 802.1Q, 9.6). */
  readonly vlan: number;
  /** Whose it is: the id of a network. */
  readonly network: string;
  /** For people: `lab`, `lab/control`. */
  readonly name: string;
  /** Bytes of a frame without its Ethernet header. */
  readonly mtu: number;
  /** File of a program of the network's own, an object for eBPF, that its frames pass in the edge. */
  readonly program?: string;
}

export interface PortCounters {
  readonly vlan: number;
  readonly toWire: Passed;
  readonly fromWire: Passed;
}

/** Frames as they are on a wire, without what the edge adds. */
export interface Passed {
  readonly packets: number;
  readonly bytes: number;
  /** Frames that were lost between the network's bridge and the uplink. */
  readonly dropped: number;
}

/** A way to make an edge. */
export interface TypedEdgeDriver<Options> {
  readonly name: string;
  /** In a line, for lists. */
  readonly summary: string;
  /** Programs of the host that it runs, or that have to run, and what installs each. */
  readonly needs: Readonly<Record<string, string>>;
  /** What it takes besides what all take. */
  readonly options: z.ZodType<Options>;
  /** Whether an edge with these options has to be told of other hosts: {@link Edge.meet}. Default: no. */
  meets?(options: Options): boolean;
  edge(settings: EdgeSettings<Options>): Edge;
}

export interface EdgeSettings<Options> {
  /** The egress port: the host's interface to the physical network. */
  readonly uplink: string;
  /** For what lasts until the next boot; only root can enter it. */
  readonly folder: string;
  /** As the driver's schema gave them. */
  readonly options: Options;
}

/** A driver, whatever its options are. */
export type EdgeDriver = TypedEdgeDriver<Readonly<Record<string, unknown>>>;

/** The options that a driver gets are what its own schema gave. */
export function edgeDriver<Options>(typed: TypedEdgeDriver<Options>): EdgeDriver {
  return typed as unknown as EdgeDriver;
}
