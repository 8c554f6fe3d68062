import { setTimeout as sleep } from 'node:timers/promises';
import type { EdgeModel, EdgeNode } from '../../model/model.ts';
import type { Source, SourceObject, SourceSink } from '../source.ts';
import { objectsOf } from './objects.ts';
import { readListing } from './read-listing.ts';
import type { EdgeListing } from './record.ts';

/** What a host's node tells of its applications: all of it, whenever it changes and every five seconds. */
export type Listen = (signal: AbortSignal) => AsyncIterable<unknown>;

/** Milliseconds without a word after which a node is taken to be gone, and until it is asked again. */
const silence = 16_000;
const pause = 500;

/** The services that the applications of `heddle up` on one host publish. The edge file says which of its nodes that is. */
export class EngineSource implements Source {
  readonly name: string;
  readonly #nodeName: string;
  readonly #listen: Listen;
  readonly #closed = new AbortController();
  #node: EdgeNode | undefined;
  #listing: EdgeListing | undefined;
  #published = new Map<string, string>();
  #isSynced = false;
  #problem: string | undefined;
  #sink: SourceSink | undefined;
  #followed: Promise<void> = Promise.resolve();

  constructor(node: string, listen: Listen) {
    this.name = `engine ${node}`;
    this.#nodeName = node;
    this.#listen = listen;
  }

  declare({ nodes }: Pick<EdgeModel, 'nodes'>): void {
    this.#node = nodes[this.#nodeName];
    this.#publish();
  }

  start(sink: SourceSink): void {
    this.#sink = sink;
    this.#followed = this.#follow();
  }

  async close(): Promise<void> {
    this.#sink = undefined;
    this.#closed.abort();
    await this.#followed;
  }

  async #follow(): Promise<void> {
    const { signal } = this.#closed;
    while (!signal.aborted) {
      const problem = await this.#listenOnce().catch((error: Error) => error.message);
      if (signal.aborted) return;
      if (problem !== this.#problem) this.#sink?.trouble(problem);
      this.#problem = problem;
      await sleep(pause, undefined, { signal }).catch(() => {});
    }
  }

  /** Listens until the node says no more; why it does not. */
  async #listenOnce(): Promise<string> {
    const silent = new AbortController();
    const timer = setTimeout(() => silent.abort(), silence).unref();
    try {
      for await (const said of this.#listen(AbortSignal.any([this.#closed.signal, silent.signal]))) {
        this.#take(readListing(said));
        timer.refresh();
      }
    } catch (error) {
      if (!silent.signal.aborted) throw error;
    } finally {
      clearTimeout(timer);
    }
    return silent.signal.aborted ? `the node said nothing for ${silence / 1000} s` : 'the node ended';
  }

  #take(listing: EdgeListing): void {
    if (this.#problem !== undefined) this.#sink?.trouble(undefined);
    this.#problem = undefined;
    this.#listing = listing;
    this.#publish();
  }

  #publish(): void {
    if (!this.#listing || !this.#sink) return;
    const all = objectsOf(this.#listing, this.#nodeName, this.#node);
    const change = new Map<string, SourceObject | undefined>();
    for (const origin of this.#published.keys()) if (!all.has(origin)) change.set(origin, undefined);
    const texts = new Map([...all].map(([origin, object]) => [origin, JSON.stringify(object)]));
    for (const [origin, object] of all)
      if (texts.get(origin) !== this.#published.get(origin)) change.set(origin, object);
    this.#published = texts;
    if (change.size === 0 && this.#isSynced) return;
    this.#isSynced = true;
    this.#sink.change(change);
  }
}
