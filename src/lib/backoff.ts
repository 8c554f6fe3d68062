/** Pauses that double from the first to the longest, in milliseconds, until something succeeds. */
export class Backoff {
  readonly #first: number;
  readonly #longest: number;
  #pause: number;

  constructor(first: number, longest: number) {
    this.#first = first;
    this.#longest = longest;
    this.#pause = first;
  }

  /** How long to wait this time. */
  next(): number {
    const pause = this.#pause;
    this.#pause = Math.min(this.#longest, pause * 2);
    return pause;
  }

  /** The same, between half of it and all: who lost the same server at once does not come back at once. */
  nextScattered(): number {
    return Math.round(this.next() * (0.5 + Math.random() / 2));
  }

  /** It succeeded: the next pause is the first. */
  reset(): void {
    this.#pause = this.#first;
  }
}
