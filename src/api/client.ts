import { type IncomingMessage, request } from 'node:http';
import type { Plan } from '../deploy/step.ts';
import { HeddleError } from '../lib/errors.ts';
import { lines } from '../lib/lines.ts';
import type { FirewallReport } from '../monitor/firewall/record.ts';
import type { FlowQuery, FlowRecord } from '../monitor/flows/record.ts';
import type { LatencyQuery, LatencyRecord } from '../monitor/latency/record.ts';
import type { ObjectChange, ObjectQuery, ObjectRecord, SnmpView, SnmpViews } from '../monitor/snmp/record.ts';
import type {
  ApplicationSummary,
  ContainerStatus,
  ErrorMessage,
  NodeInfo,
  OperationEvent,
  UpRequest,
} from './messages.ts';
import { fromMessage } from './messages.ts';
import type { ContainerLine, LogsQuery } from './node-service.ts';

type Query = Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>;

/** The node's API, typed. */
export class NodeClient {
  readonly #socket: string;

  constructor(socket: string) {
    this.#socket = socket;
  }

  info(): Promise<NodeInfo> {
    return this.#json('GET', '/v1/node');
  }

  summaries(): Promise<ApplicationSummary[]> {
    return this.#json('GET', '/v1/applications');
  }

  status(project: string): Promise<ContainerStatus[]> {
    return this.#json('GET', path(project));
  }

  plan(body: UpRequest): Promise<Plan> {
    return this.#json('POST', path(body.spec.project, 'plan'), body);
  }

  up(body: UpRequest): AsyncGenerator<OperationEvent> {
    return this.#lines('POST', path(body.spec.project, 'up'), body);
  }

  down(project: string, volumes: boolean): AsyncGenerator<OperationEvent> {
    return this.#lines('POST', path(project, 'down'), { volumes });
  }

  onServices(
    verb: 'stop' | 'start' | 'restart',
    project: string,
    services: readonly string[],
  ): AsyncGenerator<OperationEvent> {
    return this.#lines('POST', path(project, verb), { services });
  }

  logs(project: string, query: LogsQuery): AsyncGenerator<ContainerLine> {
    return this.#lines('GET', `${path(project, 'logs')}${queryText({ ...query })}`);
  }

  firewall(project: string, services: readonly string[], since: number): Promise<FirewallReport> {
    return this.#json('GET', `${path(project, 'firewall')}${queryText({ services, since })}`);
  }

  flows(project: string, query: FlowQuery): Promise<FlowRecord[]> {
    return this.#json('GET', `${path(project, 'flows')}${queryText({ ...query })}`);
  }

  latency(project: string, query: LatencyQuery): Promise<LatencyRecord[]> {
    return this.#json('GET', `${path(project, 'latency')}${queryText({ ...query })}`);
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

  async *#lines<T extends object>(method: string, target: string, body?: unknown): AsyncGenerator<T> {
    const answer = await this.#send(method, target, body);
    for await (const line of lines(answer)) {
      const value = JSON.parse(line) as T & { error?: ErrorMessage; code?: string };
      if ((answer.statusCode ?? 500) >= 400) throw fromMessage(value as unknown as ErrorMessage);
      if (value.error) throw fromMessage(value.error);
      yield value as Awaited<T>;
    }
  }

  #send(method: string, target: string, body: unknown): Promise<IncomingMessage> {
    return new Promise((resolve, reject) => {
      const text = body === undefined ? undefined : JSON.stringify(body);
      const headers =
        text === undefined
          ? {}
          : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) };
      const outgoing = request({ socketPath: this.#socket, method, path: target, headers }, resolve);
      outgoing.on('error', (cause) =>
        reject(
          new HeddleError(
            'ERR_NODE_ABSENT',
            `the node does not answer at ${this.#socket}: ${cause.message}`,
            { cause },
          ),
        ),
      );
      outgoing.end(text);
    });
  }
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
