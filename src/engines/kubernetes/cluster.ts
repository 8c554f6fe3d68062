import http from 'node:http';
import https from 'node:https';
import type { Socket } from 'node:net';
import { Deadline } from '../../lib/deadline.ts';
import type { Access, Pass } from './access/access.ts';
import { ApiError } from './api-error.ts';
import { readBody, readRefusal } from './body.ts';
import { eventsOf, type WatchEvent } from './events.ts';
import { Unreachable, unreachable } from './unreachable.ts';

/** Objects of a kind in one answer: a page of them (kubernetes.io, "API Concepts", "Retrieving large results sets in chunks"). */
const pageSize = 500;

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
      const page = JSON.parse(await this.#text('GET', path, { query, signal })) as Page<T>;
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
    const deadline = new Deadline(signal);
    const response = await this.#request('GET', path, { query, signal }, deadline);
    const silence = Math.round((watch + late) / 1000);
    deadline.set(
      watch + late,
      new Unreachable(`${this.#access.server} said nothing for ${silence} s: the connection is dead`),
    );
    return this.#watched(eventsOf<T>(response), deadline);
  }

  /**
   * Reads (GET) or writes (POST to a collection, PUT to an object) one object.
   * @returns it, as it is then
   * @throws ApiError, Unreachable, HeddleError ERR_KUBERNETES
   */
  async ask(method: string, path: string, body: object | undefined, signal: AbortSignal): Promise<unknown> {
    return JSON.parse(await this.#text(method, path, { body, signal }));
  }

  async *#watched<T>(
    events: AsyncIterable<WatchEvent<T>>,
    deadline: Deadline,
  ): AsyncGenerator<WatchEvent<T>> {
    try {
      yield* events;
    } catch (error) {
      throw unreachable(this.#access.server, deadline.reason(error));
    } finally {
      deadline.clear();
    }
  }

  async #text(method: string, path: string, parts: RequestParts): Promise<string> {
    const deadline = new Deadline(parts.signal);
    try {
      const response = await this.#request(method, path, parts, deadline);
      const { whole } = this.#timeouts;
      deadline.set(
        whole,
        new Unreachable(`${this.#access.server} did not end its answer within ${whole / 1000} s`),
      );
      return await readBody(response);
    } catch (error) {
      throw unreachable(this.#access.server, deadline.reason(error));
    } finally {
      deadline.clear();
    }
  }

  /** Who is not known (401) is asked who it is once more: a token may have been exchanged. */
  async #request(
    method: string,
    path: string,
    parts: RequestParts,
    deadline: Deadline,
  ): Promise<http.IncomingMessage> {
    try {
      for (let isAgain = false; ; isAgain = true) {
        const pass = await this.#pass(parts.signal);
        const response = await this.#send(method, path, parts, pass, deadline);
        const { statusCode = 0 } = response;
        if (statusCode !== unauthorized) this.#access.accepted();
        if (statusCode === 200 || statusCode === 201) return response;
        const body = await readRefusal(response);
        if (statusCode !== unauthorized || !this.#access.refused(pass.shown) || isAgain)
          throw new ApiError(statusCode, body, Number(response.headers['retry-after']));
      }
    } catch (error) {
      deadline.clear();
      throw unreachable(this.#access.server, deadline.reason(error));
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

  async #send(
    method: string,
    path: string,
    { query = {}, body }: RequestParts,
    { options }: Pass,
    deadline: Deadline,
  ): Promise<http.IncomingMessage> {
    const { server } = this.#access;
    const url = new URL(`${server}${path}`);
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
    const { promise, resolve, reject } = Promise.withResolvers<http.IncomingMessage>();
    const headers = {
      ...options.headers,
      accept: 'application/json',
      ...(body && { 'content-type': 'application/json' }),
    };
    const { connect, answer } = this.#timeouts;
    const wait = () =>
      deadline.set(answer, new Unreachable(`${server} did not answer within ${answer / 1000} s`));
    wait();
    (url.protocol === 'http:' ? http : https)
      .request(url, { ...options, method, headers, signal: deadline.signal }, resolve)
      .on('error', reject)
      .on('socket', (socket: Socket) => {
        if (!socket.connecting) return;
        deadline.set(
          connect,
          new Unreachable(`${server} cannot be reached: no connection within ${connect / 1000} s`),
        );
        socket.once('connect', wait);
      })
      .end(body && JSON.stringify(body));
    return promise;
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
