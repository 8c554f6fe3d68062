import type { IncomingMessage, RequestOptions } from 'node:http';
import { Readable } from 'node:stream';
import type { ShownPlan } from '../deploy/plan/shown.ts';
import type { EdgeListing } from '../edge/sources/engine/record.ts';
import { HeddleError } from '../lib/errors.ts';
import { request } from '../lib/http-request.ts';
import { lines } from '../lib/lines.ts';
import type { CostRow } from '../monitor/cost/record.ts';
import type { FirewallReport, Suggestion } from '../monitor/firewall/record.ts';
import type { FlowQuery, FlowRecord, Talkers } from '../monitor/flows/record.ts';
import type { InspectRecord } from '../monitor/inspect/record.ts';
import type { LatencyQuery, LatencyRecord } from '../monitor/latency/record.ts';
import type { ObjectChange, ObjectQuery, ObjectRecord, SnmpView, SnmpViews } from '../monitor/snmp/record.ts';
import type { ExecInput, ExecOutput } from './exec.ts';
import { HandlingClient } from './handling-client.ts';
import type {
  ApplicationSummary,
  BuildRequest,
  ContainerImage,
  ContainerStatus,
  DownRequest,
  ErrorMessage,
  NodeInfo,
  OperationEvent,
  ServicesRequest,
  TransferRequest,
  UpRequest,
} from './messages.ts';
import { fromMessage } from './messages.ts';
import type { ContainerLine, LogsQuery } from './node-service.ts';

type Query = Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>;

/** The node's API, typed. */
export class NodeClient {
  readonly #socket: string;
  #startNode: (() => Promise<unknown>) | undefined;

  /** `startNode` is called when no node listens at the socket, once; then the request is tried again. */
  constructor(socket: string, startNode?: () => Promise<unknown>) {
    this.#socket = socket;
    this.#startNode = startNode;
  }

  readonly handling = new HandlingClient({
    json: (method, target) => this.#json(method, target),
    lines: (method, target, body) => this.#lines(method, target, body),
    raw: (method, target, body) => this.#raw(method, target, body),
    path,
    query: (values) => queryText(values as Query),
  });

  info(): Promise<NodeInfo> {
    return this.#json('GET', '/v1/node');
  }

  summaries(): Promise<ApplicationSummary[]> {
    return this.#json('GET', '/v1/applications');
  }

  status(project: string, services: readonly string[] = []): Promise<ContainerStatus[]> {
    return this.#json('GET', `${path(project)}${queryText({ services })}`);
  }

  plan(body: UpRequest): Promise<ShownPlan> {
    return this.#json('POST', path(body.spec.project, 'plan'), body);
  }

  up(body: UpRequest): AsyncGenerator<OperationEvent> {
    return this.#lines('POST', path(body.spec.project, 'up'), body);
  }

  down(project: string, body: DownRequest): AsyncGenerator<OperationEvent> {
    return this.#lines('POST', path(project, 'down'), body);
  }

  onServices(
    verb: 'stop' | 'start' | 'restart',
    project: string,
    body: ServicesRequest,
  ): AsyncGenerator<OperationEvent> {
    return this.#lines('POST', path(project, verb), body);
  }

  logs(project: string, query: LogsQuery): AsyncGenerator<ContainerLine> {
    return this.#lines('GET', `${path(project, 'logs')}${queryText({ ...query })}`);
  }

  images(project: string, services: readonly string[] = []): Promise<ContainerImage[]> {
    return this.#json('GET', `${path(project, 'images')}${queryText({ services })}`);
  }

  buildImages(body: BuildRequest): AsyncGenerator<OperationEvent> {
    return this.#lines('POST', '/v1/images/build', body);
  }

  pullImages(body: TransferRequest): AsyncGenerator<OperationEvent> {
    return this.#lines('POST', '/v1/images/pull', body);
  }

  pushImages(body: TransferRequest): AsyncGenerator<OperationEvent> {
    return this.#lines('POST', '/v1/images/push', body);
  }

  /** Runs a program in a container; what it prints comes while what it reads is still being sent. */
  async *exec(
    project: string,
    inputs: AsyncIterable<ExecInput>,
    verb: 'exec' | 'attach' | 'run' = 'exec',
  ): AsyncGenerator<ExecOutput> {
    const body = Readable.from(jsonLines(inputs));
    // The answer may end before all was sent.
    const over = new AbortController();
    try {
      yield* this.#lines<ExecOutput>('POST', path(project, verb), body, over.signal);
    } finally {
      over.abort();
      body.destroy();
    }
  }

  firewall(project: string, services: readonly string[], since: number): Promise<FirewallReport> {
    return this.#json('GET', `${path(project, 'firewall')}${queryText({ services, since })}`);
  }

  suggestFirewall(project: string, services: readonly string[], since: number): Promise<Suggestion[]> {
    return this.#json('GET', `${path(project, 'firewall')}/suggestions${queryText({ services, since })}`);
  }

  flows(project: string, query: FlowQuery): Promise<FlowRecord[]> {
    return this.#json('GET', `${path(project, 'flows')}${queryText({ ...query })}`);
  }

  topTalkers(project: string, query: FlowQuery & { by: string }): Promise<Talkers[]> {
    return this.#json('GET', `${path(project, 'flows')}/top${queryText({ ...query })}`);
  }

  followFlows(project: string, query: FlowQuery): AsyncGenerator<FlowRecord> {
    return this.#lines('GET', `${path(project, 'flows')}/follow${queryText({ ...query })}`);
  }

  cost(project: string, since: number): Promise<CostRow[]> {
    return this.#json('GET', `${path(project, 'cost')}${queryText({ since })}`);
  }

  /** Ends when the signal aborts, or the node does. */
  followEdgeServices(signal: AbortSignal): AsyncGenerator<EdgeListing> {
    return this.#lines('GET', '/v1/edge/services/follow', undefined, signal);
  }

  latency(project: string, query: LatencyQuery): Promise<LatencyRecord[]> {
    return this.#json('GET', `${path(project, 'latency')}${queryText({ ...query })}`);
  }

  inspect(project: string, services: readonly string[]): Promise<InspectRecord[]> {
    return this.#json('GET', `${path(project, 'inspect')}${queryText({ services })}`);
  }

  snmp<View extends SnmpView>(
    project: string,
    view: View,
    services: readonly string[],
  ): Promise<SnmpViews[View][]> {
    return this.#json('GET', `${path(project, 'snmp')}/view/${view}${queryText({ services })}`);
  }

  snmpObjects(project: string, query: ObjectQuery): Promise<ObjectRecord[]> {
    return this.#json('GET', `${path(project, 'snmp')}/objects${queryText({ ...query })}`);
  }

  snmpSet(project: string, change: ObjectChange): Promise<ObjectRecord[]> {
    return this.#json('POST', `${path(project, 'snmp')}/objects`, change);
  }

  async #json<T>(method: string, target: string, body?: unknown): Promise<T> {
    const answer = await this.#send(method, target, body);
    const chunks: Buffer[] = [];
    for await (const chunk of answer) chunks.push(chunk as Buffer);
    const value: unknown = JSON.parse(Buffer.concat(chunks).toString('utf8'));
    if ((answer.statusCode ?? 500) >= 400) throw fromMessage(value as ErrorMessage);
    return value as T;
  }

  async #raw(method: string, target: string, body?: Readable): Promise<IncomingMessage> {
    const answer = await this.#send(method, target, body, undefined, tar);
    if ((answer.statusCode ?? 500) < 400) return answer;
    const chunks: Buffer[] = [];
    for await (const chunk of answer) chunks.push(chunk as Buffer);
    throw fromMessage(JSON.parse(Buffer.concat(chunks).toString('utf8')) as ErrorMessage);
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
      if ((answer.statusCode ?? 500) >= 400) throw fromMessage(value as unknown as ErrorMessage);
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
  ): Promise<IncomingMessage> {
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
  #request(
    method: string,
    target: string,
    body: unknown,
    signal: AbortSignal | undefined,
    type: string,
  ): Promise<IncomingMessage> {
    return new Promise((resolve, reject) => {
      const text = body === undefined || body instanceof Readable ? undefined : JSON.stringify(body);
      const options: RequestOptions = {
        socketPath: this.#socket,
        method,
        path: target,
        headers: headersOf(body, text, type),
        ...(signal && { signal }),
      };
      const outgoing = request(options, resolve);
      outgoing.on('error', (cause) =>
        reject(
          new HeddleError(
            'ERR_NODE_ABSENT',
            `the node does not answer at ${this.#socket}: ${cause.message}`,
            { cause },
          ),
        ),
      );
      if (body instanceof Readable) body.pipe(outgoing);
      else outgoing.end(text);
    });
  }
}

/** Of a body that is a stream. */
const jsonLinesType = 'application/x-ndjson';
const tar = 'application/x-tar';

function headersOf(body: unknown, text: string | undefined, type: string): Record<string, string | number> {
  if (body instanceof Readable) return { 'content-type': type };
  if (text === undefined) return {};
  return { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) };
}

async function* jsonLines(items: AsyncIterable<unknown>): AsyncGenerator<string> {
  for await (const item of items) yield `${JSON.stringify(item)}\n`;
}

function path(project: string, verb?: string): string {
  return `/v1/applications/${encodeURIComponent(project)}${verb === undefined ? '' : `/${verb}`}`;
}

function queryText(query: Query): string {
  const parameters = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) {
    if (value === undefined) continue;
    for (const item of Array.isArray(value) ? value : [value]) parameters.append(key, String(item));
  }
  const text = parameters.toString();
  return text === '' ? '' : `?${text}`;
}
