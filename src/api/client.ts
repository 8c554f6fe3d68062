import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { HeddleError } from '../lib/errors.ts';
import type { Answer } from '../lib/http/answer.ts';
import { send } from '../lib/http/send.ts';
import { lines } from '../lib/lines.ts';
import type { Of } from '../lib/schema.ts';
import type { Contract, Said } from './contract.ts';
import type * as applications from './contracts/applications.ts';
import type * as edge from './contracts/edge.ts';
import type * as exec from './contracts/exec.ts';
import type * as images from './contracts/images.ts';
import type * as nodes from './contracts/node.ts';
import { HandlingClient } from './handling-client.ts';
import type {
  BuildRequest,
  DownRequest,
  ErrorMessage,
  LogsQuery,
  OperationEvent,
  ServicesRequest,
  TransferRequest,
  UpRequest,
} from './messages.ts';
import { fromMessage, isUnknownRoute } from './messages.ts';
import { ProjectClient } from './project-client.ts';
import { targetOf, type Values } from './target.ts';
import type { Lines, Transport } from './transport.ts';

type Services = readonly string[];

/** The node's API, typed. */
export class NodeClient implements Transport {
  readonly #socket: string;
  #startNode: (() => Promise<unknown>) | undefined;

  /** `startNode` is called when no node listens at the socket, once; then the request is tried again. */
  constructor(socket: string, startNode?: () => Promise<unknown>) {
    this.#socket = socket;
    this.#startNode = startNode;
  }

  readonly handling = new HandlingClient(this);
  readonly project = new ProjectClient(this);

  info() {
    return this.ask<typeof nodes.infoContract>('GET /v1/node', {});
  }

  summaries() {
    return this.ask<typeof applications.summariesContract>('GET /v1/applications', {});
  }

  status(project: string, services: Services = []) {
    const said = { params: { project }, query: { services } };
    return this.ask<typeof applications.statusContract>('GET /v1/applications/:project', said);
  }

  plan(body: UpRequest) {
    const said = { params: { project: body.spec.project }, body };
    return this.ask<typeof applications.planContract>('POST /v1/applications/:project/plan', said);
  }

  up(body: UpRequest): AsyncGenerator<OperationEvent> {
    const said = { params: { project: body.spec.project }, body };
    return this.follow<typeof applications.upContract>('POST /v1/applications/:project/up', said);
  }

  down(project: string, body: DownRequest): AsyncGenerator<OperationEvent> {
    const said = { params: { project }, body };
    return this.follow<typeof applications.downContract>('POST /v1/applications/:project/down', said);
  }

  onServices(
    verb: 'stop' | 'start' | 'restart',
    project: string,
    body: ServicesRequest,
  ): AsyncGenerator<OperationEvent> {
    type Verbs =
      | typeof applications.stopContract
      | typeof applications.startContract
      | typeof applications.restartContract;
    return this.follow<Verbs>(`POST /v1/applications/:project/${verb}`, { params: { project }, body });
  }

  logs(project: string, query: LogsQuery) {
    const said = { params: { project }, query };
    return this.follow<typeof applications.logsContract>('GET /v1/applications/:project/logs', said);
  }

  images(project: string, services: Services = []) {
    const said = { params: { project }, query: { services } };
    return this.ask<typeof images.imagesContract>('GET /v1/applications/:project/images', said);
  }

  buildImages(body: BuildRequest): AsyncGenerator<OperationEvent> {
    return this.follow<typeof images.buildContract>('POST /v1/images/build', { body });
  }

  pullImages(body: TransferRequest): AsyncGenerator<OperationEvent> {
    return this.follow<typeof images.pullContract>('POST /v1/images/pull', { body });
  }

  pushImages(body: TransferRequest): AsyncGenerator<OperationEvent> {
    return this.follow<typeof images.pushContract>('POST /v1/images/push', { body });
  }

  /** Runs a program in a container; what it prints comes while what it reads is still being sent. */
  async *exec(
    project: string,
    inputs: AsyncIterable<exec.ExecInput>,
    verb: 'exec' | 'attach' | 'run' = 'exec',
  ): AsyncGenerator<exec.ExecOutput> {
    const body = Readable.from(jsonLines(inputs));
    // The answer may end before all was sent.
    const over = new AbortController();
    try {
      const target = targetOf(`/v1/applications/:project/${verb}`, { params: { project } });
      yield* this.#lines<exec.ExecOutput>('POST', target, body, over.signal);
    } finally {
      over.abort();
      body.destroy();
    }
  }

  cost(project: string, since: number) {
    const said = { params: { project }, query: { since } };
    return this.ask<typeof nodes.costContract>('GET /v1/applications/:project/cost', said);
  }

  inspect(project: string, services: Services) {
    const said = { params: { project }, query: { services } };
    return this.ask<typeof nodes.inspectContract>('GET /v1/applications/:project/inspect', said);
  }

  /** Ends when the signal aborts, or the node does. */
  followEdgeServices(signal: AbortSignal): Lines<typeof edge.followEdgeServicesContract> {
    return this.follow<typeof edge.followEdgeServicesContract>('GET /v1/edge/services/follow', {}, signal);
  }

  ask<C extends Contract>(route: C['route'], said: Said<C>): Promise<Of<C['answer']>> {
    const { method, target, body } = requestOf(route, said as Values);
    return this.#json(method, target, body);
  }

  follow<C extends Contract>(route: C['route'], said: Said<C>, signal?: AbortSignal): Lines<C> {
    const { method, target, body } = requestOf(route, said as Values);
    return this.#lines(method, target, body, signal) as Lines<C>;
  }

  async archive<C extends Contract>(
    route: C['route'],
    said: Omit<Said<C>, 'body'>,
    archive?: Readable,
  ): Promise<IncomingMessage> {
    const { method, target } = requestOf(route, said);
    return this.#raw(method, target, archive);
  }

  async #json<T>(method: string, target: string, body?: unknown): Promise<T> {
    const answer = await this.#send(method, target, body);
    const value = await answer.json(longest);
    if (answer.status >= 400) throw refusalOf(value as ErrorMessage);
    return value as T;
  }

  async #raw(method: string, target: string, body?: Readable): Promise<IncomingMessage> {
    const answer = await this.#send(method, target, body, undefined, tar);
    if (answer.status < 400) return answer.body;
    throw refusalOf((await answer.json(longest)) as ErrorMessage);
  }

  async *#lines<T extends object>(
    method: string,
    target: string,
    body?: unknown,
    signal?: AbortSignal,
  ): AsyncGenerator<T> {
    const answer = await this.#send(method, target, body, signal);
    for await (const line of lines(answer)) {
      const value = JSON.parse(line) as T & { error?: ErrorMessage; code?: string };
      if (answer.status >= 400) throw refusalOf(value as unknown as ErrorMessage);
      if (value.error) throw fromMessage(value.error);
      yield value as Awaited<T>;
    }
  }

  /** Sends a request; where no node listens, it is started first if this client may do so. */
  async #send(
    method: string,
    target: string,
    body: unknown,
    signal?: AbortSignal,
    type = jsonLinesType,
  ): Promise<Answer> {
    const startNode = this.#startNode;
    this.#startNode = undefined;
    try {
      return await this.#request(method, target, body, signal, type);
    } catch (error) {
      const { code } = ((error as Error).cause ?? {}) as NodeJS.ErrnoException;
      const nobody = code === 'ENOENT' || code === 'ECONNREFUSED';
      if (!startNode || !nobody || body instanceof Readable) throw error;
      await startNode();
      return this.#request(method, target, body, signal, type);
    }
  }

  /** Sends a body as JSON, or a stream of JSON lines as it comes. */
  async #request(
    method: string,
    path: string,
    value: unknown,
    signal: AbortSignal | undefined,
    type: string,
  ): Promise<Answer> {
    const body = value === undefined || value instanceof Readable ? value : JSON.stringify(value);
    const to = { socketPath: this.#socket, path };
    try {
      return await send({ to, method, headers: headersOf(body, type), body, signal });
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

async function* jsonLines(items: AsyncIterable<unknown>): AsyncGenerator<string> {
  for await (const item of items) yield `${JSON.stringify(item)}\n`;
}

function requestOf(route: string, said: Values): { method: string; target: string; body: unknown } {
  const [method = '', path = ''] = route.split(' ');
  return { method, target: targetOf(path, said), body: said.body };
}
