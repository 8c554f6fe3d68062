import type { Plan } from '../deploy/step.ts';
import type { LogLine } from '../engines/engine.ts';
import type { FirewallReport } from '../monitor/firewall/record.ts';
import type { FlowQuery, FlowRecord } from '../monitor/flows/record.ts';
import type { LatencyQuery, LatencyRecord } from '../monitor/latency/record.ts';
import type { ObjectChange, ObjectQuery, ObjectRecord, SnmpView, SnmpViews } from '../monitor/snmp/record.ts';
import type { DeploymentSpec } from '../selector/spec.ts';
import type { ApplicationSummary, ContainerStatus, NodeInfo, OperationEvent } from './messages.ts';

type Report = (event: OperationEvent) => void;

/** What the node does, as its API offers it. */
export interface NodeService {
  info(): NodeInfo;
  summaries(): Promise<ApplicationSummary[]>;
  status(project: string): Promise<ContainerStatus[]>;
  plan(spec: DeploymentSpec, build: boolean): Promise<Plan>;
  up(spec: DeploymentSpec, build: boolean, report: Report): Promise<void>;
  down(project: string, volumes: boolean, report: Report): Promise<void>;
  stop(project: string, services: readonly string[], report: Report): Promise<void>;
  start(project: string, services: readonly string[], report: Report): Promise<void>;
  restart(project: string, services: readonly string[], report: Report): Promise<void>;
  logs(project: string, query: LogsQuery, signal: AbortSignal): AsyncIterable<ContainerLine>;
  firewall(project: string, services: readonly string[], since?: number): Promise<FirewallReport>;
  flows(project: string, query: FlowQuery): Promise<readonly FlowRecord[]>;
  latency(project: string, query: LatencyQuery): Promise<readonly LatencyRecord[]>;
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
  readonly timestamps: boolean;
}

export interface ContainerLine extends LogLine {
  readonly container: string;
}
