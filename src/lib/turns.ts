/** Work on one thing, one after the other; work on others goes on meanwhile. */
export class Turns {
  readonly #last = new Map<string, Promise<unknown>>();

  take<T>(key: string, work: () => Promise<T>): Promise<T> {
    const before = this.#last.get(key) ?? Promise.resolve();
    const turn = before.then(work, work);
    const over = turn.then(
      () => {},
      () => {},
    );
    this.#last.set(key, over);
    void over.then(() => this.#last.get(key) === over && this.#last.delete(key));
    return turn;
  }
}
