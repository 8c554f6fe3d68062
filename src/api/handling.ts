import type { Readable } from 'node:stream';
import type { ContainerArchive, PathStat, ProcessTable } from '../engines/console.ts';
import type { ExecInput, ExecOutput } from './exec.ts';
import type { OperationEvent } from './messages.ts';

type Report = (event: OperationEvent) => void;
type Services = readonly string[];

/** What the node does with single services and containers for people at a command line. */
export interface HandlingService {
  kill(project: string, request: KillRequest, report: Report): Promise<void>;
  pause(project: string, services: Services, report: Report): Promise<void>;
  unpause(project: string, services: Services, report: Report): Promise<void>;
  /** Removes the pods of services that do not run. */
  rm(project: string, request: RmRequest, report: Report): Promise<void>;
  top(project: string, services: Services): Promise<ContainerProcesses[]>;
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

export interface KillRequest {
  /** Absent or empty: all. */
  readonly services?: Services;
  /** `SIGKILL`, `HUP`, `9`. */
  readonly signal?: string;
}

export interface RmRequest {
  readonly services?: Services;
  /** Anonymous volumes, too. */
  readonly volumes?: boolean;
}

/** What runs in a container, as `heddle top` shows it. */
export interface ContainerProcesses extends ProcessTable {
  readonly container: string;
  readonly service: string;
  readonly index: number | null;
}

export interface EndedContainer {
  readonly container: string;
  readonly service: string;
  readonly exitCode: number;
}

export interface EventsQuery {
  readonly services: Services;
  /** Seconds since 1970. */
  readonly since?: number;
  readonly until?: number;
}

/** Something that happened to a container, as `heddle events` shows it. Stable. */
export interface ContainerEvent {
  /** RFC 3339. */
  readonly time: string;
  readonly type: 'container';
  /** In Docker’s words: `start`, `die`, `exec_create`. */
  readonly action: string;
  readonly service: string;
  readonly id: string;
  readonly attributes: { readonly name: string; readonly image: string };
}

export interface StatsQuery {
  readonly services: Services;
  readonly follow: boolean;
}

/** What a container uses, as `heddle stats` shows it. Stable. */
export interface ContainerStats {
  readonly name: string;
  readonly id: string;
  readonly service: string;
  /** Cores in use: 0.5 is half of one. */
  readonly cpu: number;
  /** Bytes. */
  readonly memory: number;
  readonly memoryLimit: number;
  readonly received: number;
  readonly sent: number;
  readonly read: number;
  readonly written: number;
  readonly processes: number;
}

/** A path in a container of a service. */
export interface ArchivePlace {
  readonly service: string;
  /** Of the replica; absent: the first. */
  readonly index?: number;
  /** The container's name, for one that `run` has made. */
  readonly container?: string;
  readonly path: string;
  /** Of a symbolic link, what it leads to. */
  readonly followLink?: boolean;
}

/** Where links led, and what stands there; null: nothing. */
export interface ReachedPath {
  readonly path: string;
  readonly stat: PathStat | null;
}
