import { type Clock, systemClock } from '../../../lib/clock.ts';

/** Milliseconds between two looks, and by how much a clock may be slewed meanwhile without being set. */
const every = 1000;
const slewed = 500;

/** Tells when somebody sets the clock back. */
export class ClockWatch {
  readonly #clock: Clock;
  readonly #timer: NodeJS.Timeout;
  #ahead: number;

  constructor(back: () => void, clock: Clock = systemClock) {
    this.#clock = clock;
    this.#ahead = this.#difference();
    this.#timer = setInterval(() => {
      const before = this.#ahead;
      this.#ahead = this.#difference();
      if (this.#ahead < before - slewed) back();
    }, every).unref();
  }

  close(): void {
    clearInterval(this.#timer);
  }

  #difference(): number {
    return this.#clock.wall() - this.#clock.steady();
  }
}
