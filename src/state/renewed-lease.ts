import type { Lease } from './state-manager.ts';

/** What keeps a lease with the store that gave it. */
export interface Hold {
  /**
   * Keeps it for its whole time again.
   * @returns why it is lost, if it is
   * @throws what hinders it for now
   */
  keep(): Promise<string | undefined>;
  giveBack(): Promise<void>;
}

export interface HoldTimes {
  /** Milliseconds that it holds after it was last kept. The store ends it no earlier. */
  readonly term: number;
  /** Milliseconds between two words to the store. */
  readonly every: number;
}

const late = 'the store gave it to nobody else, but was not asked in time';

/** A lease for as long as the store is heard; it ends on the clock here before it does in the store. */
export class RenewedLease implements Lease {
  readonly lost: Promise<string>;
  readonly #hold: Hold;
  readonly #times: HoldTimes;
  readonly #timer: NodeJS.Timeout;
  /** On the clock of `performance.now()`, which no correction of the time moves. */
  #until: number;
  #isOver = false;
  #reason = late;
  #keeping: Promise<void> | undefined;
  #lose = (_reason: string): void => {};

  /** @param from when the store was asked for it, by `performance.now()` */
  constructor(hold: Hold, times: HoldTimes, from: number) {
    this.#hold = hold;
    this.#times = times;
    this.#until = from + times.term;
    this.lost = new Promise((resolve) => {
      this.#lose = resolve;
    });
    this.#timer = setInterval(() => this.#tick(), times.every);
  }

  get isHeld(): boolean {
    return !this.#isOver && performance.now() < this.#until;
  }

  async release(): Promise<void> {
    clearInterval(this.#timer);
    const isHeld = this.isHeld;
    this.#isOver = true;
    await this.#keeping;
    // What cannot be given back ends by itself.
    if (isHeld) await this.#hold.giveBack().catch(() => {});
  }

  #tick(): void {
    if (!this.isHeld) this.#end();
    else
      this.#keeping ??= this.#keep().finally(() => {
        this.#keeping = undefined;
      });
  }

  async #keep(): Promise<void> {
    const from = performance.now();
    try {
      const reason = await this.#hold.keep();
      this.#until = reason === undefined ? from + this.#times.term : 0;
      this.#reason = reason ?? late;
    } catch (error) {
      this.#reason = (error as Error).message;
    }
    if (!this.isHeld) this.#end();
  }

  #end(): void {
    // Released meanwhile is not lost.
    if (!this.#isOver) this.#lose(this.#reason);
    this.#isOver = true;
    clearInterval(this.#timer);
  }
}
