/** Requests of one endpoint. */
const most = 16;

/** How many requests of each endpoint wait to be carried out: one that asks without end fills no queue of all. */
export class Waiting {
  readonly #counts = new Map<string, number>();

  /** Carries out one more. Nothing: too many wait already. */
  take<T>(endpoint: string, work: () => Promise<T>): Promise<T> | undefined {
    const count = this.#counts.get(endpoint) ?? 0;
    if (count >= most) return undefined;
    this.#counts.set(endpoint, count + 1);
    return work().finally(() => this.#leave(endpoint));
  }

  #leave(endpoint: string): void {
    const left = (this.#counts.get(endpoint) ?? 0) - 1;
    if (left > 0) this.#counts.set(endpoint, left);
    else this.#counts.delete(endpoint);
  }
}
