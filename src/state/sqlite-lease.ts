import { randomUUID } from 'node:crypto';
import type { Lease } from './state-manager.ts';

/** A lease of a state that one process has: it is lost with the process only. */
export class SqliteLease implements Lease {
  readonly id = randomUUID();
  readonly lost = new Promise<string>(() => {});
  readonly #end: (id: string) => void;
  #isReleased = false;

  /** @param end deletes what bears the lease */
  constructor(end: (id: string) => void) {
    this.#end = end;
  }

  get isHeld(): boolean {
    return !this.#isReleased;
  }

  async release(): Promise<void> {
    if (this.#isReleased) return;
    this.#isReleased = true;
    this.#end(this.id);
  }
}
