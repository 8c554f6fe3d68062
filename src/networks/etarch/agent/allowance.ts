import { performance } from 'node:perf_hooks';

/** Requests of one endpoint a second, and at once. */
const rate = 200;
const most = 400;
/** Endpoints that are remembered. */
const longest = 4096;

/** How much each endpoint may ask: one that asks without end takes no time that others wait for. */
export class Allowance {
  readonly #buckets = new Map<string, { left: number; at: number }>();
  readonly #now: () => number;

  /** `now`: milliseconds, of a clock that never goes back. */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** Whether one more request of an endpoint is carried out. */
  take(endpoint: string): boolean {
    const now = this.#now();
    const { left, at } = this.#buckets.get(endpoint) ?? { left: most, at: now };
    const grown = Math.min(most, left + ((now - at) * rate) / 1000);
    if (this.#buckets.size >= longest) this.#buckets.clear();
    this.#buckets.set(endpoint, { left: grown < 1 ? grown : grown - 1, at: now });
    return grown >= 1;
  }
}
