import { type HeddleError, toHeddleError } from '../../lib/errors.ts';
import { RetryLoop } from '../../lib/retry-loop.ts';
import { Turns } from '../../lib/turns.ts';
import type { Entry, StateManager } from '../../state/state-manager.ts';
import { Belongings, leftBehind } from '../standard/belongings.ts';
import type { Carrier } from './carrier.ts';
import { follow } from './follow.ts';
import { forgottenTopic, overNotes } from './forgotten.ts';
import type { Presence } from './presence.ts';
import { topicOf, topicText } from './topic.ts';
import { TopicLoops } from './topic-loops.ts';
import type { Wakes } from './wakes.ts';

/** Milliseconds between two looks at all that this node has, whatever was or was not told. */
const every = 15_000;
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
  readonly #topics: TopicLoops;
  readonly #round: RetryLoop;
  readonly #stop = new AbortController();
  readonly #said = new Map<string, string>();
  readonly #turns = new Turns();
  #following: Promise<unknown> | undefined;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#topics = new TopicLoops({
      carryOut: async ({ archetype, network }) => {
        const carrier = parts.carriers.get(archetype);
        if (!carrier) return false;
        parts.presence.check();
        // It may be becoming another archetype's.
        return this.#turns.take(network, () => carrier.carryOut(network));
      },
      done: (topic, error) => this.#say(topic, error),
      failed: (error) => parts.failed(error),
    });
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
            await this.#tidy(entries);
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
    await this.#topics.stop();
  }

  /** What is noted for nodes that never came back, and what a switch that was cut off has left, goes: by whichever node begins. */
  async #tidy(entries: readonly Entry[]): Promise<void> {
    for (const whose of leftBehind(entries)) await new Belongings(this.#parts.shared, whose).clear();
    for (const { key, revision } of overNotes(entries, Date.now()))
      await this.#parts.shared.commit([{ key, revision }], [{ key, delete: true }]);
  }

  #onShared(key: string): void {
    // That it was forgotten concerns it whether or not it has anything of the network still.
    const topic: ReturnType<typeof topicOf> = topicOf(key) ?? forgottenTopic(key, this.#parts.presence.here);
    if (!topic) return;
    this.#parts.wakes.wake(topicText(topic));
    // What this node has reported itself is no news to it.
    if (topic.by !== this.#parts.presence.here) this.#topics.due(topic);
  }

  #onOwn(key: string): void {
    const topic = topicOf(key);
    if (topic) this.#topics.changedHere(topic);
  }

  /**
   * Looks at the networks that this node has: what nobody wants any more is in no other list.
   * @returns whether all services have answered: one that does not keeps nothing from the others
   */
  async #lookHere(): Promise<boolean> {
    const all = [...this.#parts.carriers].map(async ([archetype, carrier]) => {
      const what = `networks of ${archetype} here`;
      try {
        for (const network of await carrier.names()) this.#topics.due({ archetype, network });
        this.#say(what, undefined);
        return true;
      } catch (error) {
        this.#say(what, toHeddleError(error));
        return false;
      }
    });
    return (await Promise.all(all)).every((hasAnswered) => hasAnswered);
  }

  /** What stays as it was is said once. */
  #say(what: string, error: HeddleError | undefined): void {
    if (error && this.#said.get(what) !== error.message) this.#parts.failed(error);
    if (error) this.#said.set(what, error.message);
    else this.#said.delete(what);
  }
}
