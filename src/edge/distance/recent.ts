/** The round trip to a peer, milliseconds. `error`: how far off it may be. */
export interface Figure {
  readonly milliseconds: number;
  readonly error: number;
}

/** Milliseconds. What is older than all spans together is forgotten: a way that became longer shows after so long. */
const spanLength = 10_000;
const spans = 30;
/** Fewer round trips say nothing. */
const fewest = 5;
/** The share of it that is doubted: twice this between two peers is seldom wrong (the simulated hours). */
const doubt = 1.5;
/** Nothing on earth takes longer; what is said to is no round trip. */
const longest = 10_000;

interface Span {
  readonly start: number;
  least: number;
  sum: number;
  count: number;
}

/**
 * The least of recent round trips to one peer: what queues add is noise, and only ever more. Kept as the least of each ten
 * seconds, so that a thousand a second cost no more memory than one. Time is handed in, in milliseconds.
 */
export class Recent {
  readonly #spans: Span[] = [];

  /** Whether there is nothing that is not forgotten, as of the last figure. */
  get isEmpty(): boolean {
    return this.#spans.length === 0;
  }

  add(milliseconds: number, now: number): void {
    if (!(milliseconds >= 0 && milliseconds <= longest)) return;
    this.#forget(now);
    let span = this.#spans.at(-1);
    if (!span || now - span.start >= spanLength) {
      span = { start: now, least: milliseconds, sum: 0, count: 0 };
      this.#spans.push(span);
    }
    span.least = Math.min(span.least, milliseconds);
    span.sum += milliseconds;
    span.count++;
  }

  /** Nothing when too little was measured lately. */
  figure(now: number): Figure | undefined {
    this.#forget(now);
    let [milliseconds, sum, count] = [Number.POSITIVE_INFINITY, 0, 0];
    for (const span of this.#spans) {
      milliseconds = Math.min(milliseconds, span.least);
      sum += span.sum;
      count += span.count;
    }
    if (count < fewest) return undefined;
    // With delays of queues there and back the least is above the way itself by some share of what they take on average,
    // which falls with the root of how many there are. Of few, little is known but that they took so long.
    const queues = sum / count - milliseconds;
    return { milliseconds, error: (doubt * queues) / Math.sqrt(count) + milliseconds / count };
  }

  #forget(now: number): void {
    // A clock that went back: when those were measured is not known.
    if (now < (this.#spans.at(-1)?.start ?? now)) this.#spans.length = 0;
    while (this.#spans[0] && now - this.#spans[0].start >= spanLength * spans) this.#spans.shift();
  }
}
