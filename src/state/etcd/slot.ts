import { randomUUID } from 'node:crypto';
import type { EtcdLease } from './lease.ts';
import type { Comparison, Put } from './questions.ts';

/** What a slot holds: that the last that was tried there was made, or that it never will be. */
export const made = 'made';
const void_ = 'void';

/**
 * A key that one commit at a time changes along with what it changes: what became of a commit whose answer was lost is read
 * from it. As long as it is as it was, nothing was made; whoever changes it then makes sure that nothing will be.
 */
export interface Slot {
  readonly key: string;
  /** Of its last change; 0: it is not there yet. */
  readonly revision: number;
}

/** The slots of one manager; they go with its lease. */
export class Session {
  readonly lease: EtcdLease;
  readonly #prefix: string;
  readonly #free: Slot[] = [];
  #count = 0;

  constructor(lease: EtcdLease, prefix: string) {
    this.lease = lease;
    this.#prefix = `${prefix}${randomUUID()}/`;
  }

  /** One that nobody else uses until it is given back. */
  take(): Slot {
    return this.#free.pop() ?? { key: `${this.#prefix}${this.#count++}`, revision: 0 };
  }

  giveBack(slot: Slot): void {
    this.#free.push(slot);
  }

  /** That a slot is as it was. */
  unchanged({ key, revision }: Slot): Comparison {
    return { key, revision };
  }

  making({ key }: Slot): Put {
    return { key, value: made, lease: this.lease.id };
  }

  voiding({ key }: Slot): Put {
    return { key, value: void_, lease: this.lease.id };
  }
}
