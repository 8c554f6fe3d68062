/** What became of one attempt to connect. */
export type Outcome = 'open' | 'refused' | 'silent';

export type Health = 'up' | 'down' | undefined;

/**
 * In a row, until an endpoint counts as down. A port that is closed says so; silence may be loss: at 2 % each way five in a
 * row are a matter of years.
 */
const refusals = 2;
const failures = 5;
/** In a row, until it counts as up again. */
const successes = 2;

/**
 * What attempts to connect say of one endpoint. Nothing is said of one that never answered: whoever checks may be the one
 * that cannot reach it. Attempts may overlap and end in any order.
 */
export class Pulse {
  #health: Health;
  #refused = 0;
  #failed = 0;
  #succeeded = 0;
  #lastOpen = -1;

  /** @param health what was known of it before */
  constructor(health?: Health) {
    this.#health = health;
  }

  get health(): Health {
    return this.#health;
  }

  /** Whether the next attempts should come soon. */
  get isInDoubt(): boolean {
    return (this.#health === 'up' && this.#failed > 0) || (this.#health === 'down' && this.#succeeded > 0);
  }

  /**
   * @param attempt counted from the first on
   * @returns whether it is down now and was not, or the other way round
   */
  add(outcome: Outcome, attempt: number): boolean {
    const wasDown = this.#health === 'down';
    if (outcome === 'open') this.#open(attempt);
    // What began before the last success is overtaken by it.
    else if (attempt > this.#lastOpen) this.#fail(outcome);
    return (this.#health === 'down') !== wasDown;
  }

  #open(attempt: number): void {
    this.#lastOpen = Math.max(this.#lastOpen, attempt);
    this.#refused = 0;
    this.#failed = 0;
    this.#succeeded++;
    if (this.#health === undefined || this.#succeeded >= successes) this.#health = 'up';
  }

  #fail(outcome: Outcome): void {
    this.#succeeded = 0;
    this.#failed++;
    this.#refused = outcome === 'refused' ? this.#refused + 1 : 0;
    if (this.#health === 'up' && (this.#refused >= refusals || this.#failed >= failures))
      this.#health = 'down';
  }
}
