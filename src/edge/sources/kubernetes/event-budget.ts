/** As client-go has it: so many events at once about one object, and then one in so many milliseconds. */
const burst = 25;
const refill = 5 * 60_000;
/** Objects that are remembered. */
const rememberedAtMost = 10_000;

interface Budget {
  readonly left: number;
  readonly at: number;
}

/** How much may be said about an object: whoever can make others speak of it cannot bury it. Pure but for what it remembers. */
export class EventBudget {
  readonly #budgets = new Map<string, Budget>();

  /** @returns whether one more may be said, and counts it then */
  take(uid: string, now: number): boolean {
    const { left, at } = this.#budgets.get(uid) ?? { left: burst, at: now };
    const gained = Math.floor((now - at) / refill);
    const available = Math.min(burst, left + gained);
    if (available === 0) return false;
    this.#budgets.delete(uid);
    this.#budgets.set(uid, { left: available - 1, at: available === burst ? now : at + gained * refill });
    const [oldest] = this.#budgets.keys();
    if (this.#budgets.size > rememberedAtMost && oldest !== undefined) this.#budgets.delete(oldest);
    return true;
  }

  /** What was taken could not be said. */
  giveBack(uid: string): void {
    const budget = this.#budgets.get(uid);
    if (budget) this.#budgets.set(uid, { ...budget, left: Math.min(burst, budget.left + 1) });
  }
}
