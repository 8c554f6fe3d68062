import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { HeddleError } from '../lib/errors.ts';
import type { Answer } from '../lib/http/answer.ts';
import { lines } from '../lib/lines.ts';
import type { Of } from '../lib/schema.ts';
import type { Contract, Said } from './contract.ts';
import { type ErrorMessage, fromMessage, isUnknownRoute } from './messages.ts';
import { targetOf, type Values } from './target.ts';
import type { Lines, Transport } from './transport.ts';

/** A request by a contract. */
interface Request {
  readonly method: string;
  readonly target: string;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly body?: unknown;
}

/** The same as it is sent. */
export interface Outgoing {
  readonly method: string;
  readonly target: string;
  readonly headers: Readonly<Record<string, string | number>>;
  readonly body: string | Readable | undefined;
  readonly signal: AbortSignal | undefined;
}

/** Asks over HTTP. How whoever answers is reached, says who extends this. */
export abstract class HttpTransport implements Transport {
  /** @throws HeddleError ERR_NODE_ABSENT, and what else keeps from reaching who answers */
  abstract reach(request: Outgoing): Promise<Answer>;

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
    signal?: AbortSignal,
  ): Promise<IncomingMessage> {
    const request = { ...requestOf(route, said as Values), body: archive };
    const answer = await this.#send(request, signal, tar);
    if (answer.status < 400) return answer.body;
    throw refusalOf((await answer.json(longest)) as ErrorMessage);
  }

  /** What is answered in lines, or as events; the body may be a stream of lines. */
  protected async *lines<T extends object>(request: Request, signal?: AbortSignal): AsyncGenerator<T> {
    const answer = await this.#send(request, signal);
    const isEvents = answer.headers['content-type'] === 'text/event-stream';
    for await (const line of untilItEnds(lines(answer))) {
      const text = isEvents ? dataOf(line) : line;
      if (text === undefined) continue;
      const value = JSON.parse(text) as T & { error?: ErrorMessage; code?: string };
      if (answer.status >= 400) throw refusalOf(value as unknown as ErrorMessage);
      if (value.error) throw fromMessage(value.error);
      yield value as Awaited<T>;
    }
  }

  /** Sends a body as JSON, or a stream of the type as it comes. */
  #send(request: Request, signal?: AbortSignal, type = jsonLinesType): Promise<Answer> {
    const { method, target, body: value } = request;
    const body = value === undefined || value instanceof Readable ? value : JSON.stringify(value);
    return this.reach({
      method,
      target,
      headers: { ...headersOf(body, type), ...request.headers },
      body,
      signal,
    });
  }
}

/** One that is followed may be stopped. @throws HeddleError ERR_NODE_ABSENT when whoever answers is cut off */
async function* untilItEnds(all: AsyncIterable<string>): AsyncGenerator<string> {
  try {
    yield* all;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ECONNRESET') throw cause;
    throw new HeddleError('ERR_NODE_ABSENT', 'the node ended before its answer did', { cause });
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
