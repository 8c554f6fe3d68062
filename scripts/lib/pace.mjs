// How much slower this machine is, while groups of tests run, than the one that their budgets were set on: others may be at work on
// it, and so are the groups beside each other.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';

/** Milliseconds that the work below took there: two cores of 2.1 GHz, with nothing else to do. */
const reference = 340;
/** Milliseconds from one measurement to the next. */
const period = 20_000;
const block = Buffer.alloc(1024 * 1024);

/** Measures now and then, from its start until it is stopped. */
export class Pace {
  #samples = [];
  #stopping = new AbortController();

  async run() {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      const began = performance.now();
      await work();
      const now = performance.now();
      this.#samples.push({ at: now, factor: (now - began) / reference });
      await pause(period, undefined, { signal, ref: false }).catch(() => {});
    }
  }

  stop() {
    this.#stopping.abort();
  }

  /** How many times as long as there work took since a time of `performance.now()`; at least 1. */
  since(began) {
    const factors = this.#samples.filter(({ at }) => at >= began).map(({ factor }) => factor);
    return Math.max(1, factors.reduce((sum, factor) => sum + factor, 0) / Math.max(1, factors.length));
  }
}

/** What tests do most: start programs, and compute. */
async function work() {
  for (let count = 0; count < 40; count++) await once(spawn('true'), 'exit');
  const hash = createHash('sha256');
  for (let megabytes = 0; megabytes < 64; megabytes++) hash.update(block);
  hash.digest();
}
