import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import type { ContainerArchive, PathStat } from '../engines/console.ts';
import type {
  ArchivePlace,
  ContainerEvent,
  ContainerProcesses,
  ContainerStats,
  EndedContainer,
  EventsQuery,
  KillRequest,
  ReachedPath,
  RmRequest,
  StatsQuery,
} from './handling.ts';
import type { OperationEvent } from './messages.ts';

/** How a client reaches the node. */
export interface Transport {
  json<T>(method: string, target: string): Promise<T>;
  lines<T extends object>(method: string, target: string, body?: unknown): AsyncGenerator<T>;
  /** An answer that is no JSON; errors are thrown. */
  raw(method: string, target: string, body?: Readable): Promise<IncomingMessage>;
  path(project: string, verb: string): string;
  query(values: object): string;
}

/** What is done with single services and containers, typed. */
export class HandlingClient {
  readonly #node: Transport;

  constructor(node: Transport) {
    this.#node = node;
  }

  kill(project: string, request: KillRequest): AsyncGenerator<OperationEvent> {
    return this.#node.lines('POST', this.#node.path(project, 'kill'), request);
  }

  rm(project: string, request: RmRequest): AsyncGenerator<OperationEvent> {
    return this.#node.lines('POST', this.#node.path(project, 'rm'), request);
  }

  onServices(
    verb: 'pause' | 'unpause',
    project: string,
    services: readonly string[],
  ): AsyncGenerator<OperationEvent> {
    return this.#node.lines('POST', this.#node.path(project, verb), { services });
  }

  top(project: string, services: readonly string[]): Promise<ContainerProcesses[]> {
    return this.#node.json('GET', this.#target(project, 'top', { services }));
  }

  wait(project: string, services: readonly string[]): AsyncGenerator<EndedContainer> {
    return this.#node.lines('GET', this.#target(project, 'wait', { services }));
  }

  events(project: string, query: EventsQuery): AsyncGenerator<ContainerEvent> {
    return this.#node.lines('GET', this.#target(project, 'events', query));
  }

  stats(project: string, query: StatsQuery): AsyncGenerator<ContainerStats[]> {
    return this.#node.lines('GET', this.#target(project, 'stats', query));
  }

  async readArchive(project: string, place: ArchivePlace): Promise<ContainerArchive> {
    const archive = await this.#node.raw('GET', this.#target(project, 'archive', place));
    const text = Buffer.from(String(archive.headers['heddle-path-stat'] ?? ''), 'base64').toString('utf8');
    return { archive, stat: JSON.parse(text) as PathStat };
  }

  statPath(project: string, place: ArchivePlace): Promise<ReachedPath> {
    return this.#node.json('GET', this.#target(project, 'archive/stat', place));
  }

  async writeArchive(project: string, place: ArchivePlace, archive: Readable): Promise<void> {
    const answer = await this.#node.raw('PUT', this.#target(project, 'archive', place), archive);
    answer.resume();
  }

  #target(project: string, verb: string, query: object): string {
    return `${this.#node.path(project, verb)}${this.#node.query(query)}`;
  }
}
