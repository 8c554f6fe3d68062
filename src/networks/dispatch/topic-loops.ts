import { Backoff } from '../../lib/backoff.ts';
import { type HeddleError, toHeddleError } from '../../lib/errors.ts';
import { RetryLoop } from '../../lib/retry-loop.ts';
import { type Topic, topicText } from './topic.ts';

/** Milliseconds until what failed is tried again, at first and at most. */
const again = { first: 500, longest: 15_000 };

interface Parts {
  /** Brings about what is wanted of one. @returns whether there is anything of it, wanted or not */
  carryOut(topic: Topic): Promise<boolean>;
  /** How each time came out. */
  done(topic: string, error: HeddleError | undefined): void;
  failed(error: HeddleError): void;
}

/**
 * Topics that are carried out: each one time after the other, and again after a while where that failed. One of which nothing is
 * left is kept no longer: names come and go, and the node stays.
 */
export class TopicLoops {
  readonly #parts: Parts;
  readonly #loops = new Map<string, RetryLoop>();
  /** Those that are being carried out, or failed: what changes of them on this node is its own doing. */
  readonly #busy = new Set<string>();
  #isStopped = false;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  get size(): number {
    return this.#loops.size;
  }

  due(topic: Topic): void {
    if (this.#isStopped) return;
    const text = topicText(topic);
    const loop = this.#loops.get(text) ?? this.#loop(topic, text);
    this.#loops.set(text, loop);
    loop.due();
  }

  /** Something of it changed on this node: it is due, if somebody else did that. */
  changedHere(topic: Topic): void {
    const text = topicText(topic);
    if (this.#loops.has(text) && !this.#busy.has(text)) this.due(topic);
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    await Promise.all([...this.#loops.values()].map((loop) => loop.stop()));
  }

  #loop(topic: Topic, text: string): RetryLoop {
    const backoff = new Backoff(again.first, again.longest);
    const attempt = async () => {
      this.#busy.add(text);
      let isLeft = true;
      let error: HeddleError | undefined;
      try {
        isLeft = await this.#parts.carryOut(topic);
      } catch (thrown) {
        error = toHeddleError(thrown);
      }
      this.#parts.done(text, error);
      if (error) return backoff.next();
      backoff.reset();
      // Not before this node has heard of what it did itself.
      setImmediate(() => {
        this.#busy.delete(text);
        if (!isLeft && !loop.isWorking) this.#loops.delete(text);
      });
      return undefined;
    };
    const loop = new RetryLoop(attempt, (error) => this.#parts.failed(error));
    return loop;
  }
}
