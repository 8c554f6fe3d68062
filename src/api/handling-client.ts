import type { Readable } from 'node:stream';
import type { ContainerArchive, PathStat } from '../engines/console.ts';
import type { readArchiveContract, statPathContract, writeArchiveContract } from './contracts/archive.ts';
import type * as handling from './contracts/handling.ts';
import type { ArchivePlace, EventsQuery, KillRequest, RmRequest, StatsQuery } from './handling.ts';
import type { OperationEvent } from './messages.ts';
import type { Transport } from './transport.ts';

/** What is done with single services and containers, typed. */
export class HandlingClient {
  readonly #node: Transport;

  constructor(node: Transport) {
    this.#node = node;
  }

  kill(project: string, body: KillRequest): AsyncGenerator<OperationEvent> {
    const said = { params: { project }, body };
    return this.#node.follow<typeof handling.killContract>('POST /v1/applications/:project/kill', said);
  }

  rm(project: string, body: RmRequest): AsyncGenerator<OperationEvent> {
    const said = { params: { project }, body };
    return this.#node.follow<typeof handling.rmContract>('POST /v1/applications/:project/rm', said);
  }

  onServices(
    verb: 'pause' | 'unpause',
    project: string,
    services: readonly string[],
  ): AsyncGenerator<OperationEvent> {
    type Verbs = typeof handling.pauseContract | typeof handling.unpauseContract;
    const said = { params: { project }, body: { services } };
    return this.#node.follow<Verbs>(`POST /v1/applications/:project/${verb}`, said);
  }

  top(project: string, services: readonly string[]) {
    const said = { params: { project }, query: { services } };
    return this.#node.ask<typeof handling.topContract>('GET /v1/applications/:project/top', said);
  }

  wait(project: string, services: readonly string[], signal?: AbortSignal) {
    const said = { params: { project }, query: { services } };
    return this.#node.follow<typeof handling.waitContract>(
      'GET /v1/applications/:project/wait',
      said,
      signal,
    );
  }

  events(project: string, query: EventsQuery, signal?: AbortSignal) {
    const said = { params: { project }, query };
    return this.#node.follow<typeof handling.eventsContract>(
      'GET /v1/applications/:project/events',
      said,
      signal,
    );
  }

  stats(project: string, query: StatsQuery, signal?: AbortSignal) {
    const said = { params: { project }, query };
    return this.#node.follow<typeof handling.statsContract>(
      'GET /v1/applications/:project/stats',
      said,
      signal,
    );
  }

  async readArchive(project: string, query: ArchivePlace): Promise<ContainerArchive> {
    const said = { params: { project }, query };
    const archive = await this.#node.archive<typeof readArchiveContract>(
      'GET /v1/applications/:project/archive',
      said,
    );
    const text = Buffer.from(String(archive.headers['heddle-path-stat'] ?? ''), 'base64').toString('utf8');
    return { archive, stat: JSON.parse(text) as PathStat };
  }

  statPath(project: string, query: ArchivePlace) {
    const said = { params: { project }, query };
    return this.#node.ask<typeof statPathContract>('GET /v1/applications/:project/archive/stat', said);
  }

  async writeArchive(
    project: string,
    query: ArchivePlace,
    archive: Readable,
    signal?: AbortSignal,
  ): Promise<void> {
    const said = { params: { project }, query };
    const answer = await this.#node.archive<typeof writeArchiveContract>(
      'PUT /v1/applications/:project/archive',
      said,
      archive,
      signal,
    );
    answer.resume();
  }
}
