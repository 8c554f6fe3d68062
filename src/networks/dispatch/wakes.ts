/** Wakes those who wait for news of a topic. */
export class Wakes {
  readonly #waiting = new Map<string, Set<() => void>>();

  wake(topic: string): void {
    for (const go of this.#waiting.get(topic) ?? []) go();
  }

  wakeAll(): void {
    for (const topic of this.#waiting.keys()) this.wake(topic);
  }

  /**
   * Looks until it finds something: at once, and after each news.
   * @param patience in milliseconds
   * @returns nothing when it was not found in time
   */
  async until<Found>(
    topic: string,
    look: () => Promise<Found | undefined>,
    patience: number,
  ): Promise<Found | undefined> {
    const end = Date.now() + patience;
    for (;;) {
      // Listens before it looks: nothing falls between the two.
      const news = this.#next(topic, end - Date.now());
      try {
        const found = await look();
        if (found !== undefined) return found;
        if (!(await news.came)) return undefined;
      } finally {
        news.stop();
      }
    }
  }

  #next(topic: string, patience: number) {
    const { promise: came, resolve } = Promise.withResolvers<boolean>();
    const timer = setTimeout(() => resolve(false), Math.max(patience, 0));
    const go = () => resolve(true);
    const those = this.#waiting.get(topic) ?? new Set();
    this.#waiting.set(topic, those.add(go));
    const stop = () => {
      clearTimeout(timer);
      those.delete(go);
      if (those.size === 0 && this.#waiting.get(topic) === those) this.#waiting.delete(topic);
    };
    return { came, stop };
  }
}
