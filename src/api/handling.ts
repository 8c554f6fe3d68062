import type { Readable } from 'node:stream';
import type { ContainerArchive } from '../engines/console.ts';
import type { ArchivePlace, ReachedPath } from './contracts/archive.ts';
import type { ExecInput, ExecOutput } from './contracts/exec.ts';
import type {
  ContainerEvent,
  ContainerProcesses,
  ContainerStats,
  EndedContainer,
  EventsQuery,
  KillRequest,
  RmRequest,
  StatsQuery,
} from './contracts/handling.ts';
import type { OperationEvent } from './messages.ts';

export type { ArchivePlace, ReachedPath } from './contracts/archive.ts';
export type {
  ContainerEvent,
  ContainerProcesses,
  ContainerStats,
  EndedContainer,
  EventsQuery,
  KillRequest,
  RmRequest,
  StatsQuery,
} from './contracts/handling.ts';

type OnEvent = (event: OperationEvent) => void;
type Services = readonly string[];

/** What the node does with single services and containers for people at a command line. */
export interface HandlingService {
  kill(project: string, request: KillRequest, report: OnEvent): Promise<void>;
  pause(project: string, services: Services, report: OnEvent): Promise<void>;
  unpause(project: string, services: Services, report: OnEvent): Promise<void>;
  /** Removes the pods of services that do not run. */
  rm(project: string, request: RmRequest, report: OnEvent): Promise<void>;
  top(project: string, services: Services): Promise<readonly ContainerProcesses[]>;
  /** Each container of the services as it ends; the last ends it. */
  wait(project: string, services: Services, signal: AbortSignal): AsyncIterable<EndedContainer>;
  events(project: string, query: EventsQuery, signal: AbortSignal): AsyncIterable<ContainerEvent>;
  /** What containers use now; with `follow` once a second. */
  stats(project: string, query: StatsQuery, signal: AbortSignal): AsyncIterable<readonly ContainerStats[]>;
  /** Makes a container beside the replicas of a service, runs it to its end, and ends it with the client. */
  run(project: string, inputs: AsyncIterable<ExecInput>, signal: AbortSignal): AsyncIterable<ExecOutput>;
  attach(project: string, inputs: AsyncIterable<ExecInput>, signal: AbortSignal): AsyncIterable<ExecOutput>;
  readArchive(project: string, place: ArchivePlace): Promise<ContainerArchive>;
  statPath(project: string, place: ArchivePlace): Promise<ReachedPath>;
  writeArchive(project: string, place: ArchivePlace, archive: Readable): Promise<void>;
}
