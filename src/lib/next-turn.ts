/**
 * Work that brings about all there is to do at once, one turn after the other: whoever asks while it is at work is answered by the next
 * turn, which is one for all who wait.
 */
export class NextTurn {
  readonly #work: () => Promise<void>;
  #current: Promise<void> = Promise.resolve();
  #next: Promise<void> | undefined;

  constructor(work: () => Promise<void>) {
    this.#work = work;
  }

  /** @throws what the work throws in that turn */
  take(): Promise<void> {
    this.#next ??= this.#current.then(() => {
      this.#next = undefined;
      return this.#work();
    });
    this.#current = this.#next.catch(() => {});
    return this.#next;
  }
}
