import type { NodeClient } from '../../api/client.ts';
import type {
  ContainerLine,
  ContainerStatus,
  DownRequest,
  LogsQuery,
  OperationEvent,
  ServicesRequest,
  UpRequest,
} from '../../api/messages.ts';
import type { NodeService } from '../../api/node-service.ts';
import type { ShownPlan } from '../../deploy/plan/shown.ts';
import type { JobStatus } from '../../monitor/jobs/status.ts';
import type { ChainStatus } from '../../networks/path/proof/status.ts';
import { farHandling, type HandlingWorker } from './handling-worker.ts';
import { told } from './told.ts';

type OnEvent = (event: OperationEvent) => void;
export type Verb = 'stop' | 'start' | 'restart';

/** A node as it is asked about the part of an application that it has: this one, or another. */
export interface Worker {
  plan(request: UpRequest): Promise<ShownPlan>;
  up(request: UpRequest, report: OnEvent, gone?: AbortSignal): Promise<void>;
  down(project: string, request: DownRequest, report: OnEvent, gone?: AbortSignal): Promise<void>;
  operate(
    verb: Verb,
    project: string,
    request: ServicesRequest,
    report: OnEvent,
    gone?: AbortSignal,
  ): Promise<void>;
  status(project: string, services: readonly string[]): Promise<readonly ContainerStatus[]>;
  logs(
    project: string,
    query: LogsQuery,
    signal: AbortSignal,
  ): AsyncGenerator<ContainerLine, void, undefined>;
  chains(project: string, during?: number): Promise<readonly ChainStatus[]>;
  proveChains(project: string, chains: readonly string[]): Promise<readonly ChainStatus[]>;
  jobs(project: string): Promise<readonly JobStatus[]>;
  /** What is done with single containers. */
  readonly handling: HandlingWorker;
}

export function ownWorker(own: NodeService): Worker {
  return {
    plan: (request) => own.plan(request),
    up: (request, report, gone) => own.up(request, report, gone),
    down: (project, request, report, gone) => own.down(project, request, report, gone),
    operate: (verb, project, request, report, gone) => own[verb](project, request, report, gone),
    status: (project, services) => own.status(project, services),
    logs: async function* (project, query, signal) {
      yield* own.logs(project, query, signal);
    },
    chains: (project, during) => own.chains(project, during),
    proveChains: (project, chains) => own.proveChains(project, chains),
    jobs: (project) => own.jobs(project),
    handling: own,
  };
}

export function farWorker(client: NodeClient): Worker {
  return {
    plan: (request) => client.plan(request),
    up: (request, report, gone) => told(client.up(request, gone), report),
    down: (project, request, report, gone) => told(client.down(project, request, gone), report),
    operate: (verb, project, request, report, gone) =>
      told(client.onServices(verb, project, request, gone), report),
    status: (project, services) => client.status(project, services),
    logs: (project, query, signal) => client.logs(project, query, signal),
    chains: (project, during) => client.chains(project, during),
    proveChains: (project, chains) => client.proveChains(project, chains),
    jobs: (project) => client.jobs(project),
    handling: farHandling(client),
  };
}
