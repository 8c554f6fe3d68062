import type { NetworkingService } from '../../../networks/standard/networking-service.ts';

/** A way from one place to another of this host, which is there to be measured until it is disposed of. */
export interface MeasuredPath extends AsyncDisposable {
  /** What a command begins with that runs at either end; empty: as it is. */
  readonly client: readonly string[];
  readonly server: readonly string[];
  /** Of the server's end. */
  readonly address: string;
}

/** A way that there can be. */
export interface PathKind {
  readonly name: string;
  /** What an owner gives for it, and gets. */
  readonly summary: string;
  /**
   * @param id of the benchmark: what it makes bears it
   * @throws HeddleError ERR_NETWORK and what the networks of the node refuse it with
   */
  open(id: string, networking: NetworkingService): Promise<MeasuredPath>;
  /** Takes away what one has left that was killed. */
  clear(id: string, networking: NetworkingService): Promise<void>;
}
