import { performance } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';

/** Bits at once, where that is more than a twentieth of a second’s: half of what a switch lets pass at once. */
const leastBurst = 50_000;

/** Lets somebody send no more than a workspace's bandwidth. */
export class Pace {
  /** Bits a millisecond. */
  readonly #rate: number;
  readonly #burst: number;
  readonly #now: () => number;
  #left: number;
  #at: number;

  /**
   * @param rate kbit/s. Absent: there is none
   * @param now milliseconds, of a clock that never goes back
   */
  constructor(rate: number | undefined, now: () => number = () => performance.now()) {
    this.#rate = rate ?? Number.POSITIVE_INFINITY;
    this.#burst = Math.max(this.#rate * 50, leastBurst);
    this.#now = now;
    this.#left = this.#burst;
    this.#at = now();
  }

  /** Milliseconds until a frame may be sent; it counts as sent then. */
  due(bytes: number): number {
    if (this.#rate === Number.POSITIVE_INFINITY) return 0;
    const now = this.#now();
    this.#left = Math.min(this.#burst, this.#left + (now - this.#at) * this.#rate) - bytes * 8;
    this.#at = now;
    return Math.max(0, -this.#left / this.#rate);
  }

  /** Returns when a frame may be sent. */
  async take(bytes: number): Promise<void> {
    const wait = this.due(bytes);
    if (wait > 0) await pause(wait);
  }
}
