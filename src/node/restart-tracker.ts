import type { RestartPolicy } from '../descriptor/application.ts';
import { Backoff } from '../lib/backoff.ts';
import { startsAgain } from '../selector/restart.ts';

/** Milliseconds: first pause before a restart, longest pause, and how long a run makes earlier ends forgotten. */
const firstPause = 100;
const longestPause = 60_000;
const steady = 10_000;

interface Ends {
  readonly backoff: Backoff;
  count: number;
  /** When it may be started again. */
  due: number;
}

/**
 * Decides when a container that ended may be started again: pauses that double from 0.1 s to a minute, forgotten once
 * it has run for ten seconds, as Docker does it. Time is handed in.
 */
export class RestartTracker {
  readonly #ends = new Map<string, Ends>();

  /** To be told of every end. `ran`: milliseconds that it had run. */
  ended(container: string, ran: number, now: number): void {
    const ends = this.#ends.get(container) ?? {
      backoff: new Backoff(firstPause, longestPause),
      count: 0,
      due: 0,
    };
    if (ran >= steady) {
      ends.count = 0;
      ends.backoff.reset();
    }
    ends.count++;
    ends.due = now + ends.backoff.next();
    this.#ends.set(container, ends);
  }

  /** Milliseconds until it may be started; 0 is now; nothing when its policy says never. */
  pause(
    container: string,
    policy: RestartPolicy,
    exitCode: number | undefined,
    now: number,
  ): number | undefined {
    const ends = this.#ends.get(container);
    if (!startsAgain(policy, exitCode)) return undefined;
    if (policy.maxAttempts !== undefined && ends && ends.count > policy.maxAttempts) return undefined;
    if (!ends) return 0;
    return Math.max(0, ends.due - now);
  }

  forget(container: string): void {
    this.#ends.delete(container);
  }
}
