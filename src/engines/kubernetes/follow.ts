import { setTimeout } from 'node:timers/promises';
import { Backoff } from '../../lib/backoff.ts';
import { ApiError } from './api-error.ts';
import type { Listed } from './cluster.ts';
import type { WatchEvent } from './events.ts';
import { Unreachable } from './unreachable.ts';

/** What follows objects of a kind. */
export interface Follower<T> {
  /** All there are. Those that are not among them went. */
  replace(objects: readonly T[]): void;
  set(object: T): void;
  remove(object: T): void;
  /** The cluster cannot be heard, and why; nothing: it can. */
  trouble(problem: Error | undefined): void;
}

export interface Followed {
  list<T>(path: string, signal: AbortSignal): Promise<Listed<T>>;
  watch<T>(path: string, resourceVersion: string, signal: AbortSignal): Promise<AsyncIterable<WatchEvent<T>>>;
}

/** Milliseconds. */
export interface Pauses {
  /** Between two attempts, after a while of quiet. */
  readonly first: number;
  /** The same at most: so soon is a server followed again that was away. */
  readonly longest: number;
  /** From one list to the next: it costs the server what there is. */
  readonly lists: number;
  /** To the next when the server refused it. */
  readonly refused: number;
}
export const usualPauses: Pauses = { first: 50, longest: 600, lists: 5000, refused: 1500 };

/** HTTP's for what is too old for the server to know what happened since. */
const gone = 410;
/** HTTP's for what passes: who may ask (401, 403), and how busy the server or what stands before it is. */
const passing = new Set([401, 403, 429, 500, 502, 503, 504]);

interface Versioned {
  readonly metadata: { readonly resourceVersion?: string };
}

/**
 * Keeps somebody informed of all objects at a path until the signal aborts: a list, then what happens after it. A lost
 * connection is taken up where it was; where the server cannot say what happened since, or what it said is not understood,
 * all is listed again. The informer of the client library is not used, since it gives up at a lost connection, asks for no
 * bookmarks, and is silent about what it cannot read.
 */
export async function follow<T extends Versioned>(
  cluster: Followed,
  path: string,
  follower: Follower<T>,
  signal: AbortSignal,
  pauses = usualPauses,
): Promise<void> {
  const watcher = new Watcher(cluster, path, follower, signal, pauses);
  const backoff = new Backoff(pauses.first, pauses.longest);
  while (!signal.aborted) {
    const began = performance.now();
    const { received, notBefore } = await watcher.run();
    if (received || performance.now() - began > pauses.longest) backoff.reset();
    const wait = Math.max(backoff.nextScattered(), notBefore - performance.now());
    await setTimeout(wait, undefined, { signal }).catch(() => {});
  }
}

/** Where one is in what happens to objects. */
class Watcher<T extends Versioned> {
  readonly #cluster: Followed;
  readonly #path: string;
  readonly #follower: Follower<T>;
  readonly #signal: AbortSignal;
  readonly #pauses: Pauses;
  /** The state of the cluster up to which all is known; nothing: all has to be listed. */
  #version: string | undefined;
  /** When the server may be asked for a list again, by `performance.now()`. */
  #mayList = 0;
  /** When it may be asked for anything. */
  #notBefore = 0;

  constructor(cluster: Followed, path: string, follower: Follower<T>, signal: AbortSignal, pauses: Pauses) {
    this.#cluster = cluster;
    this.#path = path;
    this.#follower = follower;
    this.#signal = signal;
    this.#pauses = pauses;
  }

  /**
   * Goes on until the server or the connection ends it.
   * @returns whether anything happened, and when to go on at the soonest
   */
  async run(): Promise<{ readonly received: boolean; readonly notBefore: number }> {
    let isOpen = false;
    let received = false;
    this.#notBefore = 0;
    try {
      const events = await this.#cluster.watch<T>(
        this.#path,
        this.#version ?? (await this.#list()),
        this.#signal,
      );
      isOpen = true;
      this.#follower.trouble(undefined);
      for await (const event of events) {
        if (this.#signal.aborted) break;
        this.#take(event);
        received = true;
      }
    } catch (error) {
      if (!this.#signal.aborted) this.#judge(error as Error, isOpen);
    }
    const mayList = this.#version === undefined ? this.#mayList : 0;
    return { received, notBefore: Math.max(this.#notBefore, mayList) };
  }

  async #list(): Promise<string> {
    const asked = performance.now();
    try {
      const { items, resourceVersion } = await this.#cluster.list<T>(this.#path, this.#signal);
      this.#mayList = asked + this.#pauses.lists;
      this.#follower.replace(items);
      this.#version = resourceVersion;
      return resourceVersion;
    } catch (error) {
      // What did not get there cost the server nothing.
      if (error instanceof ApiError) this.#mayList = asked + this.#pauses.refused;
      throw error;
    }
  }

  #take({ type, object }: WatchEvent<T>): void {
    if (type === 'DELETED') this.#follower.remove(object);
    else if (type !== 'BOOKMARK') this.#follower.set(object);
    this.#version = object.metadata.resourceVersion;
  }

  #judge(error: Error, wasOpen: boolean): void {
    const status = error instanceof ApiError ? error.status : undefined;
    if (error instanceof ApiError) this.#notBefore = performance.now() + error.retryAfter;
    const isForgotten = status === undefined ? error instanceof SyntaxError : !passing.has(status);
    if (isForgotten) this.#version = undefined;
    // A connection that is cut is made again at once: it is trouble if that does not succeed. A dead one was for a while.
    const isCut = wasOpen && error instanceof Unreachable && error.cause !== undefined;
    if (status !== gone && !isCut) this.#follower.trouble(error);
  }
}
