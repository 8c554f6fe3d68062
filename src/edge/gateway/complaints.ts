import type { Log } from '../../lib/log.ts';

/** Milliseconds between two of the same complaint. */
const interval = 60_000;
/** Complaints that are remembered: what a stranger sends may make many. */
const remembered = 64;

/** Logs what is wrong, once a minute however often it happens. */
export class Complaints {
  readonly #log: Log;
  readonly #made = new Map<string, number>();

  constructor(log: Log) {
    this.#log = log;
  }

  make(problem: string): void {
    const now = performance.now();
    if (now - (this.#made.get(problem) ?? -interval) < interval) return;
    if (this.#made.size >= remembered) this.#made.clear();
    this.#made.set(problem, now);
    this.#log.warn({}, problem);
  }
}
