/** Times in milliseconds. */
const minute = 60_000;
const day = 1440 * minute;

/** Share of a certificate's life after which it is renewed, at most; and how much before that it may be. */
const renewedAt = 2 / 3;
const spread = 1 / 20;

/**
 * When to renew a certificate, since 1970.
 * @param share 0 to 1: those of several gateways, and of many services, are not all due at once
 */
export function renewAt({ from, until }: { from: number; until: number }, share: number): number {
  return from + (until - from) * (renewedAt - spread * share);
}

export interface Failure {
  /** How many there were since the last success. */
  readonly count: number;
  /** Whether nobody was reached. What a server refused counts with it, so it is asked again less soon. */
  readonly unreached: boolean;
  /** Seconds that the server wants to be left alone. */
  readonly retryAfter?: number | undefined;
}

/**
 * How long to wait before it is tried again. Never less than the server wants, unless that is no sense. Not a `Backoff`:
 * its count outlives a change of what failed, which has pauses of its own, and it triples, as ACME servers limit by the hour.
 */
export function pauseAfter({ count, unreached, retryAfter = 0 }: Failure, share: number): number {
  const [first, longest] = unreached ? [5000, 5 * minute] : [minute, 60 * minute];
  const pause = Math.min(first * 3 ** (count - 1), longest);
  // From three quarters of it to all.
  return Math.max(pause * (1 - share / 4), Math.min(retryAfter * 1000, day));
}

/** What stood in the way of something, and until when it is left alone, on a clock that nobody sets. */
export class RetrySchedule {
  #count = 0;
  #until = Number.NEGATIVE_INFINITY;

  get until(): number {
    return this.#until;
  }

  failed(failure: Omit<Failure, 'count'>, now: number, share = Math.random()): void {
    this.#count++;
    this.#until = now + pauseAfter({ ...failure, count: this.#count }, share);
  }

  succeeded(): void {
    this.#count = 0;
    this.#until = Number.NEGATIVE_INFINITY;
  }
}
