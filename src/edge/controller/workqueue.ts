/** Work takes at most one part in so many of the time. */
const share = 10;

/**
 * Work that costs what there is, and that can wait: done one piece after the other in a tenth of the time, so that a service
 * that moved does not wait for it.
 */
export class Workqueue {
  readonly #waiting = new Map<string, () => void>();
  #timer: NodeJS.Timeout | undefined;
  #isClosed = false;

  /** @param name of the work: what has the same and has not been done is replaced */
  add(name: string, work: () => void): void {
    if (this.#isClosed) return;
    this.#waiting.set(name, work);
    this.#timer ??= setTimeout(() => this.#next(), 0);
  }

  /** What has not been done is not done any more. */
  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    this.#waiting.clear();
  }

  #next(): void {
    this.#timer = undefined;
    const [first] = this.#waiting;
    if (!first) return;
    const [name, work] = first;
    this.#waiting.delete(name);
    const began = performance.now();
    work();
    const took = performance.now() - began;
    this.#timer = setTimeout(() => this.#next(), took * (share - 1));
  }
}
