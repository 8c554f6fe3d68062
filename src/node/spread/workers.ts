import type { Peers } from './peers.ts';
import { farWorker, type Worker } from './worker.ts';

/** All nodes, as this one asks them: itself, too. */
export class Workers {
  readonly here: string;
  /** This one, which asks no other. */
  readonly own: Worker;
  readonly #peers: Peers;

  constructor(own: Worker, peers: Peers) {
    this.own = own;
    this.here = peers.here;
    this.#peers = peers;
  }

  /** @throws HeddleError ERR_NODE_AWAY, ERR_NODE_SETTINGS, ERR_EDGE_CA */
  async at(node: string): Promise<Worker> {
    return node === this.here ? this.own : farWorker(await this.#peers.client(node));
  }
}
