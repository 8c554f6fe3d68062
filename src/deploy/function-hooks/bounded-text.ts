/** A text as it comes, of which no more is kept than a limit allows. */
export class BoundedText {
  readonly #limit: number;
  readonly #keeps: 'first' | 'last';
  #bytes: Buffer = Buffer.alloc(0);
  #isOver = false;

  /** @param limit bytes */
  constructor(limit: number, keeps: 'first' | 'last') {
    this.#limit = limit;
    this.#keeps = keeps;
  }

  add(more: Buffer): void {
    const all = Buffer.concat([this.#bytes, more]);
    this.#isOver ||= all.length > this.#limit;
    this.#bytes = this.#keeps === 'first' ? all.subarray(0, this.#limit) : all.subarray(-this.#limit);
  }

  /** Whether there was more than is kept. */
  get isOver(): boolean {
    return this.#isOver;
  }

  toString(): string {
    return this.#bytes.toString('utf8');
  }
}
