import type { EdgePort, Policy } from '../../model.ts';

/** What the applications of one host publish at the edge, as the node there tells it. Stable. */
export interface EdgeListing {
  readonly services: readonly ListedService[];
}

/** A service that the owner of an application published, with what runs of it. */
export interface ListedService {
  readonly project: string;
  /** Its name in the Compose file. */
  readonly service: string;
  /** Under which it is published, in a namespace. */
  readonly name: string;
  readonly namespace: string;
  /** Whether the owner wrote the name out: only then it may be one service with others of that name. */
  readonly explicit: boolean;
  readonly ports: readonly EdgePort[];
  readonly steer: 'gateway' | 'direct';
  /** Seconds within which clients have to notice a failover. */
  readonly failover: number;
  readonly policy: Policy;
  readonly copies: readonly ListedCopy[];
}

export interface ListedCopy {
  /** The name of its container. */
  readonly id: string;
  /** Null: the host's own. */
  readonly address: string | null;
  /** The number behind each of the service's ports at this address, by its name. */
  readonly ports: Readonly<Record<string, number>>;
  /** Whether its health check passes, if it has one. */
  readonly ready: boolean;
  /** Stopped on purpose, or one too many: keeps its connections, gets no new ones. */
  readonly draining: boolean;
}
