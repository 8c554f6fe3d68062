/** Ends a request when its time is over, and keeps the reason in words: what Node says then tells nobody anything. */
export class Deadline {
  readonly #given: AbortSignal | undefined;
  readonly #own = new AbortController();
  readonly signal: AbortSignal;
  #timer: NodeJS.Timeout | undefined;

  /** @param given whoever asks may end it as well */
  constructor(given?: AbortSignal) {
    this.#given = given;
    this.signal = given ? AbortSignal.any([given, this.#own.signal]) : this.#own.signal;
  }

  /** From now on it has so many milliseconds, instead of what it had before. */
  set(milliseconds: number, reason: Error): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#own.abort(reason), milliseconds);
  }

  clear(): void {
    clearTimeout(this.#timer);
  }

  /** What something failed with: the reason of the end, if it was ended. */
  reason(error: unknown): unknown {
    if (this.#own.signal.aborted && !this.#given?.aborted) return this.#own.signal.reason;
    return error;
  }
}
