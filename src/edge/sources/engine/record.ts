import type { Copy, EdgePort, EdgeService } from '../../model/model.ts';

/** What the applications of one host publish at the edge, as the node there tells it. Stable. */
export interface EdgeListing {
  readonly services: readonly ListedService[];
}

/** A service that the owner of an application published, with what runs of it. */
export interface ListedService
  extends Pick<EdgeService, 'name' | 'namespace' | 'steer' | 'failover' | 'policy'> {
  readonly project: string;
  /** Its name in the Compose file. */
  readonly service: string;
  /** Whether the owner wrote the name out: only then it may be one service with others of that name. */
  readonly explicit: boolean;
  readonly ports: readonly ListedPort[];
  readonly copies: readonly ListedCopy[];
}

export type ListedPort = Omit<EdgePort, 'notAtNodes'>;

/** A replica; its name is that of its container. */
export interface ListedCopy extends Omit<Copy, 'node' | 'address' | 'nodePorts'> {
  /** Null: the host's own. */
  readonly address: string | null;
}
