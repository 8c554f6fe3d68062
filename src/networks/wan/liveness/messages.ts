import type { MacKey } from './packet.ts';

// What the node and the process that exchanges packets say to each other.

/** A path as it is to be watched. */
export interface WatchedPath {
  readonly id: number;
  readonly local: string;
  readonly remote: string;
  readonly remotePort: number;
  /** MTU of the uplink. */
  readonly most: number;
  readonly sends: MacKey;
  /** More than one while keys change. */
  readonly hears: readonly MacKey[];
  /** The path that this node uses to the same node; 0: none. */
  readonly used: number;
}

export interface Watch {
  /** UDP, of this node. */
  readonly port: number;
  readonly paths: readonly WatchedPath[];
}

/** What is known of a path. Times are milliseconds of the clock of the host that nobody sets. */
export interface PathReport {
  readonly id: number;
  readonly isUp: boolean;
  readonly since: number;
  readonly delay: number;
  readonly loss: number;
  readonly falls: number;
  /** Bytes of the largest packet of IP; nothing: not known yet. */
  readonly mtu: number | undefined;
  /** What the other node uses; 0: none. */
  readonly usedThere: number;
}

export interface Reports {
  readonly reports: readonly PathReport[];
  /** What is wrong with the sockets, if anything. */
  readonly trouble: string | undefined;
}
