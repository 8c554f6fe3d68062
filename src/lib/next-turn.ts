/**
 * Work that brings about all there is to do at once, one turn after the other: whoever asks while it is at work is answered by the next
 * turn, which is one for all who wait.
 */
export class NextTurn<Outcome = void> {
  #current: Promise<unknown> = Promise.resolve();
  #next: Promise<Outcome> | undefined;

  /** @param work of the first who waits for that turn. @throws what it throws */
  take(work: () => Promise<Outcome>): Promise<Outcome> {
    this.#next ??= this.#current.then(() => {
      this.#next = undefined;
      return work();
    });
    this.#current = this.#next.catch(() => {});
    return this.#next;
  }
}
