import { Backoff } from '../../lib/backoff.ts';
import { type HeddleError, toHeddleError } from '../../lib/errors.ts';
import { RetryLoop } from '../../lib/retry-loop.ts';
import { Turns } from '../../lib/turns.ts';
import type { StateManager } from '../../state/state-manager.ts';
import type { Carrier } from './carrier.ts';
import { follow } from './follow.ts';
import type { Presence } from './presence.ts';
import { type Topic, topicOf, topicText } from './topic.ts';
import type { Wakes } from './wakes.ts';

/** Milliseconds between two looks at all that this node has, whatever was or was not told. */
const every = 15_000;
/** Milliseconds until what failed is tried again, at first and at most. */
const again = { first: 500, longest: 15_000 };
/** Milliseconds until a service that did not answer is asked again for what it has. */
const askAgain = 2000;

interface Parts {
  readonly presence: Pick<Presence, 'here' | 'check'>;
  /** The state that nodes share, and the one of this node. */
  readonly shared: StateManager;
  readonly own: StateManager;
  /** By archetype. */
  readonly carriers: ReadonlyMap<string, Carrier>;
  readonly wakes: Wakes;
  /** What could not be done, once for each reason. */
  failed(error: HeddleError): void;
}

/**
 * Watches what nodes share, and has this node carry out what concerns it: all at a start and when it was cut off, then what
 * changes, and what somebody changed on this node.
 */
export class Agent {
  readonly #parts: Parts;
  readonly #loops = new Map<string, RetryLoop>();
  readonly #round: RetryLoop;
  readonly #stop = new AbortController();
  readonly #said = new Map<string, string>();
  /** Topics that are being carried out, or failed: what changes of them on this node is its own doing. */
  readonly #busy = new Set<string>();
  readonly #turns = new Turns();
  #following: Promise<unknown> | undefined;

  constructor(parts: Parts) {
    this.#parts = parts;
    const look = async () => {
      return (await this.#lookHere()) ? every : askAgain;
    };
    this.#round = new RetryLoop(look, (error) => this.#say('networks here', error));
  }

  start(): void {
    this.#round.due();
    const { shared, own } = this.#parts;
    const { signal } = this.#stop;
    this.#following = Promise.all([
      follow(
        shared,
        '',
        {
          all: async (entries) => {
            for (const { key } of entries) this.#onShared(key);
            await this.#lookHere();
            this.#parts.wakes.wakeAll();
          },
          changed: ({ key }) => this.#onShared(key),
          failed: (error) => this.#say('the shared state', error),
        },
        signal,
      ),
      follow(
        own,
        '',
        {
          all: () => {},
          changed: ({ key }) => this.#onOwn(key),
          failed: (error) => this.#say('the state of this node', error),
        },
        signal,
      ),
    ]);
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#following;
    await this.#round.stop();
    await Promise.all([...this.#loops.values()].map((loop) => loop.stop()));
  }

  #onShared(key: string): void {
    const topic = topicOf(key);
    if (!topic) return;
    this.#parts.wakes.wake(topicText(topic));
    // What this node has reported itself is no news to it.
    if (topic.by !== this.#parts.presence.here) this.#due(topic);
  }

  #onOwn(key: string): void {
    const topic = topicOf(key);
    if (!topic) return;
    const text = topicText(topic);
    if (this.#loops.has(text) && !this.#busy.has(text)) this.#due(topic);
  }

  /**
   * Looks at the networks that this node has: what nobody wants any more is in no other list.
   * @returns whether all services have answered: one that does not keeps nothing from the others
   */
  async #lookHere(): Promise<boolean> {
    const all = [...this.#parts.carriers].map(async ([archetype, carrier]) => {
      const what = `networks of ${archetype} here`;
      try {
        for (const network of await carrier.names()) this.#due({ archetype, network });
        this.#say(what, undefined);
        return true;
      } catch (error) {
        this.#say(what, toHeddleError(error));
        return false;
      }
    });
    return (await Promise.all(all)).every((hasAnswered) => hasAnswered);
  }

  #due({ archetype, network }: Topic): void {
    const carrier = this.#parts.carriers.get(archetype);
    if (!carrier || this.#stop.signal.aborted) return;
    const text = topicText({ archetype, network });
    const work = async () => {
      this.#parts.presence.check();
      // It may be becoming another archetype's.
      await this.#turns.take(network, () => carrier.carryOut(network));
    };
    const loop = this.#loops.get(text) ?? this.#loop(text, work);
    this.#loops.set(text, loop);
    loop.due();
  }

  #loop(text: string, work: () => Promise<void>): RetryLoop {
    const backoff = new Backoff(again.first, again.longest);
    const attempt = async () => {
      this.#busy.add(text);
      const error = await work().then(() => undefined, toHeddleError);
      this.#say(text, error);
      if (error) return backoff.next();
      backoff.reset();
      // Not before this node has heard of what it did itself.
      setImmediate(() => this.#busy.delete(text));
      return undefined;
    };
    return new RetryLoop(attempt, (error) => this.#parts.failed(error));
  }

  /** What stays as it was is said once. */
  #say(what: string, error: HeddleError | undefined): void {
    if (error && this.#said.get(what) !== error.message) this.#parts.failed(error);
    if (error) this.#said.set(what, error.message);
    else this.#said.delete(what);
  }
}
