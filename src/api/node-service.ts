import type { ShownPlan } from '../deploy/plan/shown.ts';
import type { EdgeListing } from '../edge/sources/engine/record.ts';
import type { MeasuringService } from '../measure/net/ends/measuring-service.ts';
import type { MeasuredNetworks } from '../measure/net/remembered.ts';
import type { CostRow } from '../monitor/cost/record.ts';
import type { InspectRecord } from '../monitor/inspect/record.ts';
import type { JobStatus, RankReport } from '../monitor/jobs/status.ts';
import type { ScalingStatus } from '../monitor/scaling/status.ts';
import type { BondStatus } from '../networks/bond/status.ts';
import type { ChainStatus } from '../networks/path/proof/status.ts';
import type { LinkStatus } from '../networks/wan/status.ts';
import type { ExecInput, ExecOutput } from './contracts/exec.ts';
import type { HandlingService } from './handling.ts';
import type {
  ApplicationSummary,
  BuildRequest,
  ContainerImage,
  ContainerLine,
  ContainerStatus,
  DownRequest,
  LogsQuery,
  NodeHealth,
  NodeInfo,
  NodeLogLine,
  NodeLogsQuery,
  NodeMember,
  OperationEvent,
  ServicesRequest,
  TransferRequest,
  UpRequest,
} from './messages.ts';
import type { ProjectService } from './project.ts';

type OnEvent = (event: OperationEvent) => void;

/** What the node does, as its API offers it. What its features read stands with them. */
export interface NodeService extends HandlingService, ProjectService {
  info(): NodeInfo;
  nodeStatus(): Promise<NodeHealth>;
  /** All that share networks with this one, and itself. */
  nodes(): Promise<NodeMember[]>;
  /** Forgets one that will not come back. */
  removeNode(node: string): Promise<void>;
  /** Of this host. */
  bonds(): BondStatus[];
  /** To the nodes that share networks with this one, by way of its uplinks. */
  links(): LinkStatus[];
  link(node: string): LinkStatus;
  /** Makes this node a new private key for its links. @returns its public one */
  rotateLinkKeys(): string;
  /** What was measured last of networks, by the node at which their paths ended. */
  measured(): readonly MeasuredNetworks[];
  /** What is chosen by from now on. */
  remember(measured: MeasuredNetworks): void;
  /** Who makes ends on a node of paths that are measured: itself, or the node that it asks. */
  measuringOn(node: string): Promise<MeasuringService>;
  nodeLogs(query: NodeLogsQuery, signal: AbortSignal): AsyncIterable<NodeLogLine>;
  /** Prometheus' text format. */
  metrics(): Promise<string>;
  summaries(): Promise<ApplicationSummary[]>;
  /** `services`: of these only; all, when none is named. */
  status(project: string, services: readonly string[]): Promise<ContainerStatus[]>;
  plan(request: UpRequest): Promise<ShownPlan>;
  /** Operations end when `gone` aborts: their client does not listen any more. */
  up(request: UpRequest, report: OnEvent, gone?: AbortSignal): Promise<void>;
  down(project: string, request: DownRequest, report: OnEvent, gone?: AbortSignal): Promise<void>;
  stop(project: string, request: ServicesRequest, report: OnEvent, gone?: AbortSignal): Promise<void>;
  start(project: string, request: ServicesRequest, report: OnEvent, gone?: AbortSignal): Promise<void>;
  restart(project: string, request: ServicesRequest, report: OnEvent, gone?: AbortSignal): Promise<void>;
  logs(project: string, query: LogsQuery, signal: AbortSignal): AsyncIterable<ContainerLine>;
  /** What is known of an application's chains. `during`: seconds that are waited for, and of which the traffic is then. */
  chains(project: string, during?: number): Promise<ChainStatus[]>;
  /** `chains`: these only; all, when none is named. */
  proveChains(project: string, chains: readonly string[]): Promise<ChainStatus[]>;
  /** The services whose replicas follow metrics. */
  scaling(project: string): ScalingStatus[];
  /** Of the jobs that this node looks after. */
  jobs(project: string): Promise<JobStatus[]>;
  /** Of a job, those that this node has. */
  ranks(project: string, service: string): Promise<RankReport[]>;
  onRanks(project: string, service: string, action: 'stop' | 'start'): Promise<void>;
  /** Lets go of the program when the signal aborts. */
  exec(project: string, inputs: AsyncIterable<ExecInput>, signal: AbortSignal): AsyncIterable<ExecOutput>;
  images(project: string, services: readonly string[]): Promise<readonly ContainerImage[]>;
  buildImages(request: BuildRequest, report: OnEvent): Promise<void>;
  pullImages(request: TransferRequest, report: OnEvent): Promise<void>;
  pushImages(request: TransferRequest, report: OnEvent): Promise<void>;
  /** `since` in milliseconds since 1970. */
  cost(project: string, since: number): Promise<readonly CostRow[]>;
  /** What applications publish at the edge. */
  edgeServices(signal: AbortSignal): Promise<EdgeListing>;
  /** The same at once, when it changed, and now and then. */
  followEdgeServices(signal: AbortSignal): AsyncIterable<EdgeListing>;
  inspect(project: string, services: readonly string[]): Promise<readonly InspectRecord[]>;
}
