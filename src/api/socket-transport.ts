import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { HeddleError } from '../lib/errors.ts';
import type { Answer } from '../lib/http/answer.ts';
import { send } from '../lib/http/send.ts';
import { lines } from '../lib/lines.ts';
import type { Of } from '../lib/schema.ts';
import type { Contract, Said } from './contract.ts';
import { type ErrorMessage, fromMessage, isUnknownRoute } from './messages.ts';
import { targetOf, type Values } from './target.ts';
import type { Lines, Transport } from './transport.ts';

/** A request, as it goes over the wire. */
interface Request {
  readonly method: string;
  readonly target: string;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly body?: unknown;
}

/** Asks whoever listens at a Unix socket: a node, or a networking service that runs by itself. */
export class SocketTransport implements Transport {
  readonly #socket: string;
  #start: (() => Promise<unknown>) | undefined;

  /** `start` is called when nobody listens at the socket, once; then the request is tried again. */
  constructor(socket: string, start?: () => Promise<unknown>) {
    this.#socket = socket;
    this.#start = start;
  }

  async ask<C extends Contract>(route: C['route'], said: Said<C>): Promise<Of<C['answer']>> {
    const answer = await this.#send(requestOf(route, said as Values));
    const value = await answer.json(longest);
    if (answer.status >= 400) throw refusalOf(value as ErrorMessage);
    return value as Of<C['answer']>;
  }

  follow<C extends Contract>(route: C['route'], said: Said<C>, signal?: AbortSignal): Lines<C> {
    return this.lines(requestOf(route, said as Values), signal) as Lines<C>;
  }

  async archive<C extends Contract>(
    route: C['route'],
    said: Omit<Said<C>, 'body'>,
    archive?: Readable,
  ): Promise<IncomingMessage> {
    const request = { ...requestOf(route, said as Values), body: archive };
    const answer = await this.#send(request, undefined, tar);
    if (answer.status < 400) return answer.body;
    throw refusalOf((await answer.json(longest)) as ErrorMessage);
  }

  /** What is answered in lines, or as events; the body may be a stream of lines. */
  protected async *lines<T extends object>(request: Request, signal?: AbortSignal): AsyncGenerator<T> {
    const answer = await this.#send(request, signal);
    const isEvents = answer.headers['content-type'] === 'text/event-stream';
    for await (const line of lines(answer)) {
      const text = isEvents ? dataOf(line) : line;
      if (text === undefined) continue;
      const value = JSON.parse(text) as T & { error?: ErrorMessage; code?: string };
      if (answer.status >= 400) throw refusalOf(value as unknown as ErrorMessage);
      if (value.error) throw fromMessage(value.error);
      yield value as Awaited<T>;
    }
  }

  /** Sends a request; where nobody listens, who does is started first if this client may do so. */
  async #send(request: Request, signal?: AbortSignal, type = jsonLinesType): Promise<Answer> {
    const start = this.#start;
    this.#start = undefined;
    try {
      return await this.#request(request, signal, type);
    } catch (error) {
      const { code } = ((error as Error).cause ?? {}) as NodeJS.ErrnoException;
      const nobody = code === 'ENOENT' || code === 'ECONNREFUSED';
      if (!start || !nobody || request.body instanceof Readable) throw error;
      await start();
      return this.#request(request, signal, type);
    }
  }

  /** Sends a body as JSON, or a stream of the type as it comes. */
  async #request(request: Request, signal: AbortSignal | undefined, type: string): Promise<Answer> {
    const { method, target, body: value } = request;
    const body = value === undefined || value instanceof Readable ? value : JSON.stringify(value);
    const to = { socketPath: this.#socket, path: target };
    const headers = { ...headersOf(body, type), ...request.headers };
    try {
      return await send({ to, method, headers, body, signal });
    } catch (error) {
      const cause = error as Error;
      throw new HeddleError(
        'ERR_NODE_ABSENT',
        `the node does not answer at ${this.#socket}: ${cause.message}`,
        { cause },
      );
    }
  }
}

/** What a node of another version does not know is no mistake of whoever asked. */
function refusalOf(message: ErrorMessage): HeddleError {
  if (!isUnknownRoute(message)) return fromMessage(message);
  return new HeddleError('ERR_NODE_VERSION', `the node that runs is of another version: ${message.message}`);
}

/** Of a line of server-sent events (WHATWG HTML, 9.2.6), each of which has its data in one. */
function dataOf(line: string): string | undefined {
  return line.startsWith('data: ') ? line.slice('data: '.length) : undefined;
}

/** Bytes of an answer that is one value: of a thousand services it has some ten million. */
const longest = 256 << 20;
/** Of a body that is a stream. */
const jsonLinesType = 'application/x-ndjson';
const tar = 'application/x-tar';

function headersOf(body: string | Readable | undefined, type: string): Record<string, string | number> {
  if (body === undefined) return {};
  if (body instanceof Readable) return { 'content-type': type };
  return { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
}

function requestOf(route: string, said: Values): Request {
  const [method = '', path = ''] = route.split(' ');
  return { method, target: targetOf(path, said), headers: said.headers, body: said.body };
}
