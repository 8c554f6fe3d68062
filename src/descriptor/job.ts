/** By which words the ranks of a job find each other. `torch`: those of torchrun, too; `env`: the common ones alone. */
export const rendezvousKinds = ['torch', 'env'] as const;
export type Rendezvous = (typeof rendezvousKinds)[number];

/**
 * A service whose replicas are the ranks of one piece of work: started together, ended together, and started again together when one
 * fails. Times are milliseconds.
 */
export interface Job {
  /** How many ranks there are. */
  readonly workers: number;
  readonly rendezvous: Rendezvous;
  /** How often at most the ranks are started again. */
  readonly retries: number;
  /** The key of the network that they exchange data on; absent: their only one, or that of highest priority. */
  readonly network?: string;
  /** Where the first rank is found. */
  readonly port: number;
  /** Connections from rank to rank that the library is to have: several use several links of a bond. */
  readonly connections: number;
  /** Absolute path, in each rank, below which the job keeps what it goes on from. */
  readonly checkpoint?: string;
  /** After so long without progress a rank is stuck; absent: that follows from its steps. */
  readonly progressDeadline?: number;
}

/** Where nothing is said. The port is torchrun's. */
export const usualJob = { rendezvous: 'torch', retries: 3, port: 29_500, connections: 1 } as const;
