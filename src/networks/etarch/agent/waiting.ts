/** Requests of one endpoint. */
const most = 16;

/**
 * The requests that are being carried out: so many of each endpoint that one that asks without end fills no queue of all, and each
 * once, however often it is sent until its answer comes.
 */
export class Waiting {
  readonly #requests = new Map<string, Set<number>>();

  /** Carries out one more. Nothing: it is being carried out already, or too many wait. `request`: its number. */
  take<T>(endpoint: string, request: number, work: () => Promise<T>): Promise<T> | undefined {
    const requests = this.#requests.get(endpoint) ?? new Set();
    if (requests.has(request) || requests.size >= most) return undefined;
    this.#requests.set(endpoint, requests.add(request));
    return work().finally(() => {
      requests.delete(request);
      if (requests.size === 0) this.#requests.delete(endpoint);
    });
  }
}
