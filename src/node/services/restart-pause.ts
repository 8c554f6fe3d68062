import { Backoff } from '../../lib/backoff.ts';

/** Milliseconds: until one that fails right after its start is started again, at first and at most. */
const first = 100;
const longest = 30_000;
/** Milliseconds as ready after which one was well: it did what it does after each start, and failed by something else. */
const well = 2000;

/** How long a service that ended stays away. Pure. */
export class RestartPause {
  readonly #backoff = new Backoff(first, longest);

  /**
   * One that was well comes back at once, however often it is killed; one that fails again and again right after its start waits
   * longer each time. `ready`: milliseconds that it was ready for.
   */
  next(ready: number): number {
    if (ready < well) return this.#backoff.next();
    this.#backoff.reset();
    return 0;
  }
}
