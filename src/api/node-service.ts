import type { ShownPlan } from '../deploy/plan/shown.ts';
import type { EdgeListing } from '../edge/sources/engine/record.ts';
import type { LogLine } from '../engines/console.ts';
import type { CostRow } from '../monitor/cost/record.ts';
import type { FirewallReport, Suggestion } from '../monitor/firewall/record.ts';
import type { Figure, FlowQuery, FlowRecord, Talkers } from '../monitor/flows/record.ts';
import type { InspectRecord } from '../monitor/inspect/record.ts';
import type { LatencyQuery, LatencyRecord } from '../monitor/latency/record.ts';
import type { ObjectChange, ObjectQuery, ObjectRecord, SnmpView, SnmpViews } from '../monitor/snmp/record.ts';
import type { ExecInput, ExecOutput } from './exec.ts';
import type { HandlingService } from './handling.ts';
import type {
  ApplicationSummary,
  BuildRequest,
  ContainerImage,
  ContainerStatus,
  DownRequest,
  NodeInfo,
  OperationEvent,
  ServicesRequest,
  TransferRequest,
  UpRequest,
} from './messages.ts';

type Report = (event: OperationEvent) => void;

/** What the node does, as its API offers it. */
export interface NodeService extends HandlingService {
  info(): NodeInfo;
  /** Prometheus' text format. */
  metrics(): Promise<string>;
  summaries(): Promise<ApplicationSummary[]>;
  /** `services`: of these only; all, when none is named. */
  status(project: string, services: readonly string[]): Promise<ContainerStatus[]>;
  plan(request: UpRequest): Promise<ShownPlan>;
  /** Operations end when `gone` aborts: their client does not listen any more. */
  up(request: UpRequest, report: Report, gone?: AbortSignal): Promise<void>;
  down(project: string, request: DownRequest, report: Report, gone?: AbortSignal): Promise<void>;
  stop(project: string, request: ServicesRequest, report: Report, gone?: AbortSignal): Promise<void>;
  start(project: string, request: ServicesRequest, report: Report, gone?: AbortSignal): Promise<void>;
  restart(project: string, request: ServicesRequest, report: Report, gone?: AbortSignal): Promise<void>;
  logs(project: string, query: LogsQuery, signal: AbortSignal): AsyncIterable<ContainerLine>;
  /** Lets go of the program when the signal aborts. */
  exec(project: string, inputs: AsyncIterable<ExecInput>, signal: AbortSignal): AsyncIterable<ExecOutput>;
  images(project: string, services: readonly string[]): Promise<ContainerImage[]>;
  buildImages(request: BuildRequest, report: Report): Promise<void>;
  pullImages(request: TransferRequest, report: Report): Promise<void>;
  pushImages(request: TransferRequest, report: Report): Promise<void>;
  firewall(project: string, services: readonly string[], since?: number): Promise<FirewallReport>;
  suggestFirewall(
    project: string,
    services: readonly string[],
    since: number,
  ): Promise<readonly Suggestion[]>;
  flows(project: string, query: FlowQuery): Promise<readonly FlowRecord[]>;
  topTalkers(project: string, query: FlowQuery & { by: Figure }): Promise<readonly Talkers[]>;
  followFlows(project: string, query: FlowQuery, signal: AbortSignal): AsyncIterable<FlowRecord>;
  /** `since` in milliseconds since 1970. */
  cost(project: string, since: number): Promise<readonly CostRow[]>;
  latency(project: string, query: LatencyQuery): Promise<readonly LatencyRecord[]>;
  /** What applications publish at the edge. */
  edgeServices(signal: AbortSignal): Promise<EdgeListing>;
  /** The same at once, when it changed, and now and then. */
  followEdgeServices(signal: AbortSignal): AsyncIterable<EdgeListing>;
  inspect(project: string, services: readonly string[]): Promise<readonly InspectRecord[]>;
  snmp<View extends SnmpView>(
    project: string,
    view: View,
    services: readonly string[],
  ): Promise<readonly SnmpViews[View][]>;
  snmpObjects(project: string, query: ObjectQuery): Promise<readonly ObjectRecord[]>;
  snmpSet(project: string, change: ObjectChange): Promise<readonly ObjectRecord[]>;
}

export interface LogsQuery {
  readonly services: readonly string[];
  readonly follow: boolean;
  readonly tail?: number;
  /** Seconds since 1970. */
  readonly since?: number;
  readonly until?: number;
  /** Of the replica; absent: all. */
  readonly index?: number;
  readonly timestamps: boolean;
}

export interface ContainerLine extends LogLine {
  readonly container: string;
}
