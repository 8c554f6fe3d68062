/** Work takes at most one part in so many of the time. */
const share = 10;

/**
 * Distances that changed, looked at site by site in a tenth of the time: each look costs what there are services, a
 * gateway on a busy machine measures something else every second, and a service that moved is not to wait for that. What
 * changes again before its turn is looked at once.
 */
export class Unhurried {
  readonly #look: (site: string, others: readonly string[]) => void;
  readonly #waiting = new Map<string, Set<string>>();
  #timer: NodeJS.Timeout | undefined;

  /** @param look at a site, and the others that are another distance away from it now */
  constructor(look: (site: string, others: readonly string[]) => void) {
    this.#look = look;
  }

  add(changed: ReadonlyMap<string, readonly string[]>): void {
    for (const [site, others] of changed)
      this.#waiting.set(site, new Set([...(this.#waiting.get(site) ?? []), ...others]));
    if (changed.size > 0) this.#timer ??= setTimeout(() => this.#next(), 0);
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#waiting.clear();
  }

  #next(): void {
    this.#timer = undefined;
    const [first] = this.#waiting;
    if (!first) return;
    const [site, others] = first;
    this.#waiting.delete(site);
    const began = performance.now();
    this.#look(site, [...others]);
    const took = performance.now() - began;
    this.#timer = setTimeout(() => this.#next(), took * (share - 1));
  }
}
