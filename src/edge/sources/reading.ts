/** How well a source is read. */
export interface SourceFigures {
  readonly source: string;
  /** Whether it can be heard at the moment. */
  readonly isReachable: boolean;
  /** Times that it could not. */
  readonly errors: number;
  /** When it was heard last, milliseconds since 1970; nothing: not yet. */
  readonly readAt: number | undefined;
}

/** Notes how well one source is read. */
export class Reading {
  readonly #source: string;
  readonly #now: () => number;
  #isReachable = false;
  #isTroubled = false;
  #errors = 0;
  #readAt: number | undefined;

  /** @param now milliseconds since 1970 */
  constructor(source: string, now: () => number = () => Date.now()) {
    this.#source = source;
    this.#now = now;
  }

  /** It told something. While it cannot be heard, that is what was kept of it. */
  changed(): void {
    if (!this.#isTroubled) this.succeeded();
  }

  succeeded(): void {
    this.#isTroubled = false;
    this.#isReachable = true;
    this.#readAt = this.#now();
  }

  failed(): void {
    this.#isTroubled = true;
    this.#isReachable = false;
    this.#errors++;
  }

  read(): SourceFigures {
    return {
      source: this.#source,
      isReachable: this.#isReachable,
      errors: this.#errors,
      readAt: this.#readAt,
    };
  }
}
