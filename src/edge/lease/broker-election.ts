import { setTimeout as sleep } from 'node:timers/promises';
import { HeddleError } from '../../lib/errors.ts';
import type { Heartbeat } from '../delivery/messages.ts';
import { epochAfter } from './lease.ts';

/** Milliseconds between two signs of life of a controller. */
export const heartbeatEvery = 2000;
/** Milliseconds of silence after which nobody is taken to be there. */
export const leaderTimeout = 3 * heartbeatEvery;

export interface ElectionTimes {
  /** Milliseconds in which the broker gives what it retained. */
  readonly settle: number;
  /** Milliseconds in which one that is there says another word. */
  readonly timeout: number;
}

const usual: ElectionTimes = { settle: 500, timeout: leaderTimeout };

/**
 * The right to act without a store that gives it: whoever finds no other controller at the broker has it. A second one
 * is refused; should two begin in the same moment, the one with the older epoch hears the other and ends.
 */
export class BrokerElection {
  readonly #controller: string;
  readonly #known: number[];
  readonly #times: ElectionTimes;
  #another: Heartbeat | undefined;
  #isLive = false;
  #onHeartbeat = (): void => {};

  /** @param known the epoch that this controller had last, if any */
  constructor(controller: string, known: readonly number[], times = usual) {
    this.#controller = controller;
    this.#times = times;
    this.#known = [...known];
  }

  /** A sign of life that came; `retained`: it may be old. */
  observe(heartbeat: Heartbeat, retained: boolean): void {
    if (heartbeat.controller === this.#controller) return;
    this.#known.push(heartbeat.epoch);
    this.#another = heartbeat.last ? undefined : heartbeat;
    this.#isLive = !heartbeat.last && !retained;
    this.#onHeartbeat();
  }

  /**
   * The epoch to act with.
   * @throws HeddleError ERR_EDGE_CONTROLLER when another controller is at work
   */
  async acquire(now: () => number = Date.now): Promise<number> {
    const { settle, timeout } = this.#times;
    await this.#listen(settle);
    // One that was there, and did not say that it went: it has time for another word.
    if (this.#another && !this.#isLive) await this.#listen(timeout - settle);
    if (this.#another && this.#isLive) {
      throw new HeddleError(
        'ERR_EDGE_CONTROLLER',
        `the controller ${this.#another.controller} is at work at this broker`,
      );
    }
    return epochAfter(this.#known, now());
  }

  /** For a time, or until it is clear that another is there. */
  async #listen(milliseconds: number): Promise<void> {
    const enough = new AbortController();
    this.#onHeartbeat = () => {
      if (this.#isLive) enough.abort();
    };
    this.#onHeartbeat();
    await sleep(milliseconds, undefined, { signal: enough.signal }).catch(() => {});
    this.#onHeartbeat = () => {};
  }
}
