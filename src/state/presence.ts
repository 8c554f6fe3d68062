import { HeddleError } from '../lib/errors.ts';
import { RetryLoop } from '../lib/retry-loop.ts';
import type { Lease, StateManager } from './state-manager.ts';

/** Seconds after which who is heard of no more is gone. */
const usual = 10;

/**
 * Keeps an entry there for as long as this process is: with a lease, and with another when that is lost. Whoever comes second
 * under the same key waits until the first has gone.
 */
export class Presence {
  readonly #state: StateManager;
  readonly #key: string;
  readonly #value: unknown;
  readonly #seconds: number;
  readonly #loop: RetryLoop;
  #lease: Lease | undefined;

  /** @param failed is told why it is not there, each time it is tried in vain */
  constructor(
    state: StateManager,
    key: string,
    value: unknown,
    failed: (error: HeddleError) => void,
    seconds = usual,
  ) {
    this.#state = state;
    this.#key = key;
    this.#value = value;
    this.#seconds = seconds;
    this.#loop = new RetryLoop(() => this.#appear(), failed);
    this.#loop.due();
  }

  /** Whether others see it, as far as is known here. */
  get isThere(): boolean {
    return this.#lease?.isHeld === true;
  }

  /** The entry goes at once, where it can. */
  async close(): Promise<void> {
    await this.#loop.stop();
    await this.#lease?.release();
  }

  async #appear(): Promise<undefined> {
    if (this.isThere) return;
    const lease = await this.#state.lease(this.#seconds);
    try {
      const change = { key: this.#key, value: this.#value, lease };
      if ((await this.#state.commit([{ key: this.#key, revision: 0 }], [change])) === undefined)
        throw new HeddleError('ERR_NODE_RUNNING', `another process is ${this.#key}`);
    } catch (error) {
      await lease.release();
      throw error;
    }
    this.#lease = lease;
    void lease.lost.then(() => this.#loop.due());
  }
}
