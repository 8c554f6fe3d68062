import type { HeddleError } from '../../lib/errors.ts';
import type * as z from '../../lib/zod.ts';

/**
 * The network virtualization edge of a host: it joins the virtual networks on it to the physical network. There is one on a
 * node, and it outlives the node's process: frames pass while nobody watches.
 */
export interface Edge {
  /** Bytes that it adds to a frame and the MTU of the uplink counts. */
  readonly overhead: number;
  /** Whether frames travel in packets of IP: its uplink need be no Ethernet then. Default: no. */
  readonly isOverIp?: boolean;
  /**
   * Brings about that exactly these networks are joined, from whatever is there; what is as it should be is not touched.
   * For each there is then the interface {@link portName}, for its owner to make a port of the network's bridge.
   * @returns why networks do not pass the programs of their own that they are to pass. Such a one goes on as it was joined, and
   *   is not joined where it was not.
   * @throws HeddleError ERR_NETWORK, ERR_NETWORK_POOL for an id that somebody else on the host uses
   */
  apply(ports: readonly IngressPort[]): Promise<Refused>;
  /** What has passed since a network was joined. */
  counters(): Promise<readonly PortCounters[]>;
  /** Programs that networks have of their own. Absent: it runs none. */
  readonly programs?: Programs;
  /** Where the edges of other hosts find this one: addresses of IP. An edge that needs none has none. */
  underlay?(): Promise<Underlay>;
  /**
   * Says where the edges of all hosts are that share networks, this one's among them. Nothing of it is known before, and what
   * there is stays as it is.
   * @throws HeddleError ERR_NETWORK
   */
  meet?(hosts: readonly Underlay[]): Promise<void>;
  /** Removes what it has made on this host, and nothing else: but for what it {@link settleOwed | owes}. */
  stop(): Promise<void>;
  /**
   * Takes away what somebody has of a stopped edge who did not run then; another edge may have taken its place.
   * @returns what there still is, in words; nothing when all is gone
   */
  settleOwed?(): Promise<string | undefined>;
}

/** Why networks are not joined as they are to be, by their ids. */
export type Refused = ReadonlyMap<string, HeddleError>;

export const noneRefused: Refused = new Map();

export interface Programs {
  /** What the frames with a VLAN id pass by now, whichever process has seen to that. */
  running(vlan: number): RunningProgram | undefined;
}

export interface RunningProgram {
  readonly name: string;
  /** Of the object file. */
  readonly sha256: string;
  /** RFC 3339. */
  readonly since: string;
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
  /** Name of a program of the network's own that its frames pass in the edge. */
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
  /** How many of these a program of the network's own has dropped; absent where it has none. */
  readonly filtered?: number;
}

/** A way to make an edge. */
export interface TypedEdgeDriver<Options> {
  readonly name: string;
  /** In a line, for lists. */
  readonly summary: string;
  /** Programs of the host that it runs, or that have to run, and what installs each. */
  readonly needs: Readonly<Record<string, string>>;
  /**
   * Drivers in whose place it comes by applying, with another uplink and other options, its own among them. Of every other, and
   * of itself where it is none of them, what was made has to be removed first.
   */
  readonly follows: readonly string[];
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
  /** Where users put programs of networks' own: NAME.o. */
  readonly programs: string;
  /** As the driver's schema gave them. */
  readonly options: Options;
}

/** A driver, whatever its options are. */
export type EdgeDriver = TypedEdgeDriver<Readonly<Record<string, unknown>>>;

/** The options that a driver gets are what its own schema gave. */
export function edgeDriver<Options>(typed: TypedEdgeDriver<Options>): EdgeDriver {
  return typed as unknown as EdgeDriver;
}
