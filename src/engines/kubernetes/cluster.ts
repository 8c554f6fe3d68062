import type { Answer } from '../../lib/http/answer.ts';
import { send } from '../../lib/http/send.ts';
import { HttpTimeout } from '../../lib/http/timeouts.ts';
import type { Access, Pass } from './access/access.ts';
import { ApiError } from './api-error.ts';
import { eventsOf, type WatchEvent } from './events.ts';
import { Unreachable, unreachable } from './unreachable.ts';

/** Objects of a kind in one answer: a page of them (kubernetes.io, "API Concepts", "Retrieving large results sets in chunks"). */
const pageSize = 500;

/** Bytes of one answer. */
const longest = 256 << 20;
/** Of what is said with a refusal. */
const longestRefusal = 64 << 10;

/** What the server may take for something, in milliseconds. */
export interface Timeouts {
  /** A connection. A lost packet is sent again after a second, and the next one after two more. */
  readonly connect: number;
  /** The beginning of an answer. */
  readonly answer: number;
  /** The whole of an answer that ends. */
  readonly whole: number;
  /** After which it ends a watch: so a silent one that it does not end is a dead connection. */
  readonly watch: number;
  /** That the end of a watch may be late. */
  readonly late: number;
}
const defaultTimeouts: Timeouts = { connect: 2000, answer: 10_000, whole: 30_000, watch: 12_000, late: 3000 };

const unauthorized = 401;

/** What is listed, and the state of the cluster that this is. */
export interface Listed<T> {
  readonly items: readonly T[];
  readonly resourceVersion: string;
}

/** One cluster, as one user: lists objects and watches them, reads and writes single ones. */
export class Cluster {
  readonly name: string;
  /** Where objects are that have no other namespace. */
  readonly namespace: string;
  readonly #access: Access;
  readonly #timeouts: Timeouts;

  constructor(name: string, access: Access, namespace = 'default', timeouts = defaultTimeouts) {
    this.name = name;
    this.namespace = namespace;
    this.#access = access;
    this.#timeouts = timeouts;
  }

  /**
   * All objects at a path, `/api/v1/services`, as they are at one moment.
   * @throws ApiError, Unreachable, HeddleError ERR_KUBERNETES
   */
  async list<T>(path: string, signal: AbortSignal): Promise<Listed<T>> {
    const items: T[] = [];
    let next = '';
    for (;;) {
      const query = { limit: String(pageSize), ...(next && { continue: next }) };
      const page = (await this.#json('GET', path, { query, signal })) as Page<T>;
      items.push(...(page.items ?? []));
      next = page.metadata.continue ?? '';
      if (!next) return { items, resourceVersion: page.metadata.resourceVersion };
    }
  }

  /**
   * What happens to objects at a path after a state of the cluster, until the server has nothing more to say for now.
   * @throws ApiError, Unreachable, HeddleError ERR_KUBERNETES
   */
  async watch<T>(
    path: string,
    resourceVersion: string,
    signal: AbortSignal,
  ): Promise<AsyncIterable<WatchEvent<T>>> {
    const { watch, late } = this.#timeouts;
    const timeoutSeconds = String(Math.max(1, Math.round(watch / 1000)));
    const query = { watch: 'true', allowWatchBookmarks: 'true', resourceVersion, timeoutSeconds };
    const answer = await this.#request('GET', path, { query, signal }, watch + late);
    return this.#watched(eventsOf<T>(answer));
  }

  /**
   * Reads (GET) or writes (POST to a collection, PUT to an object) one object.
   * @returns it, as it is then
   * @throws ApiError, Unreachable, HeddleError ERR_KUBERNETES
   */
  async ask(method: string, path: string, body: object | undefined, signal: AbortSignal): Promise<unknown> {
    return this.#json(method, path, { body, signal });
  }

  async *#watched<T>(events: AsyncIterable<WatchEvent<T>>): AsyncGenerator<WatchEvent<T>> {
    const { server } = this.#access;
    try {
      yield* events;
    } catch (error) {
      if (!(error instanceof HttpTimeout)) throw unreachable(server, error);
      const silence = Math.round(error.seconds);
      throw new Unreachable(`${server} said nothing for ${silence} s: the connection is dead`);
    }
  }

  async #json(method: string, path: string, parts: RequestParts): Promise<unknown> {
    const answer = await this.#request(method, path, parts, this.#timeouts.whole);
    try {
      return await answer.json(longest);
    } catch (error) {
      throw unreachable(this.#access.server, error);
    }
  }

  /** Who is not known (401) is asked who it is once more: a token may have been exchanged. */
  async #request(method: string, path: string, parts: RequestParts, rest: number): Promise<Answer> {
    try {
      for (let isAgain = false; ; isAgain = true) {
        const pass = await this.#pass(parts.signal);
        const answer = await this.#send(method, path, parts, pass, rest);
        const { status } = answer;
        if (status !== unauthorized) this.#access.accepted();
        if (status === 200 || status === 201) return answer;
        const body = await answer.beginning(longestRefusal);
        if (status !== unauthorized || !this.#access.refused(pass.shown) || isAgain)
          throw new ApiError(status, body, Number(answer.headers['retry-after']));
      }
    } catch (error) {
      throw unreachable(this.#access.server, error);
    }
  }

  /** A plugin that says who asks goes on when who waits for it does not. */
  async #pass(signal: AbortSignal): Promise<Pass> {
    const ended = Promise.withResolvers<never>();
    const end = () => ended.reject(new Unreachable(`who asks is not known yet: ${this.#access.source}`));
    signal.addEventListener('abort', end);
    try {
      return await Promise.race([this.#access.pass(), ended.promise]);
    } finally {
      signal.removeEventListener('abort', end);
    }
  }

  /** @param rest milliseconds from the beginning of the answer to its end */
  #send(
    method: string,
    path: string,
    { query = {}, body, signal }: RequestParts,
    { options }: Pass,
    rest: number,
  ): Promise<Answer> {
    const to = new URL(`${this.#access.server}${path}`);
    for (const [name, value] of Object.entries(query)) to.searchParams.set(name, value);
    const headers = {
      ...options.headers,
      accept: 'application/json',
      ...(body && { 'content-type': 'application/json' }),
    };
    const { connect, answer } = this.#timeouts;
    const timeouts = { connect, answer, rest };
    return send({ to, method, headers, body: body && JSON.stringify(body), options, signal, timeouts });
  }
}

interface RequestParts {
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: object | undefined;
  readonly signal: AbortSignal;
}

interface Page<T> {
  readonly metadata: { readonly resourceVersion: string; readonly continue?: string };
  readonly items?: readonly T[];
}
