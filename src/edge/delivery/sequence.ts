import type { Delta, Message, Stamp } from '../view/message.ts';
import { deltaPlaces } from './topics.ts';

/** What came of a message. */
export interface Taken {
  /** To be applied, in this order; nothing while one before it is missing. */
  readonly apply: readonly Message[];
  /** Why it is not taken at all. */
  readonly refused?: string;
}

const nothing: Taken = { apply: [] };

/**
 * Puts messages in order: each version once, none left out, none from before. Of those that come too early it keeps what
 * the broker can keep. Does no I/O.
 */
export class Sequence {
  #at: Stamp | undefined;
  readonly #early = new Map<number, Delta>();
  #earlyEpoch = 0;
  #fence = 0;

  /** @param at where the view stands that is held already */
  constructor(at?: Stamp) {
    this.#at = at;
  }

  /** Whether a message came whose predecessor is missing. */
  get hasGap(): boolean {
    return this.#early.size > 0;
  }

  /** An epoch has begun: nothing of those before it is taken any more. */
  fence(epoch: number): void {
    this.#fence = Math.max(this.#fence, epoch);
  }

  take(message: Message): Taken {
    const at = this.#at;
    const newest = Math.max(this.#fence, at?.epoch ?? 0);
    if (message.epoch < newest) {
      return { apply: [], refused: `it is of epoch ${message.epoch}, and ${newest} has come` };
    }
    // What is known already comes again with every subscription.
    if (at && message.epoch === at.epoch && message.version <= at.version) return nothing;
    if (message.kind === 'delta' && !this.#isNext(message)) {
      this.#keepEarly(message);
      return nothing;
    }
    this.#at = message;
    return { apply: [message, ...this.#drain()] };
  }

  #isNext({ epoch, version }: Delta): boolean {
    return this.#at?.epoch === epoch && this.#at.version + 1 === version;
  }

  /** Of the newest epoch only; what is so early that the broker would have it no more makes room. */
  #keepEarly(delta: Delta): void {
    if (delta.epoch < this.#earlyEpoch) return;
    if (delta.epoch > this.#earlyEpoch) this.#early.clear();
    this.#earlyEpoch = delta.epoch;
    this.#early.set(delta.version, delta);
    if (this.#early.size > deltaPlaces) this.#early.delete(Math.min(...this.#early.keys()));
  }

  #drain(): Delta[] {
    const ready: Delta[] = [];
    if (this.#at?.epoch !== this.#earlyEpoch) {
      if (this.#at && this.#at.epoch > this.#earlyEpoch) this.#early.clear();
      return ready;
    }
    for (const version of this.#early.keys()) if (version <= this.#at.version) this.#early.delete(version);
    for (;;) {
      const next = this.#early.get(this.#at.version + 1);
      if (!next) return ready;
      this.#early.delete(next.version);
      this.#at = next;
      ready.push(next);
    }
  }
}
