import type Docker from 'dockerode';

/** A client that asks in the negotiated version, and one for paths that say theirs themselves. */
export interface Clients {
  readonly api: Docker;
  readonly unversioned: Docker;
}
