import type { ErrorCode } from '../../lib/error-codes.ts';
import type { NodeStatus, Status } from './network.ts';

// Where nodes share networks, each says by itself what it has of one: a report. What is shown is made from these. Pure.

/** What a node has of a resource, or knows why it has not. */
export interface Report {
  /** The revision of what was wanted. */
  readonly of: number;
  readonly phase: 'pending' | 'ready' | 'failed';
  readonly reason?: string;
  /** Of the error that is the reason. */
  readonly code?: ErrorCode;
  readonly observed: Status['observed'];
}

/** By node. */
export type Reports = ReadonlyMap<string, Report>;

/** The nodes that share networks, as one of them sees them. */
export interface Nodes {
  /** The one in whose process this is. */
  readonly here: string;
  isPresent(node: string): boolean;
}

/** What is shown of a network: ready where every node on which it lives has it as it is wanted. */
export function networkStatus(revision: number, reports: Reports, nodes: Nodes): Status {
  const each = [...reports].sort(([a], [b]) => (a < b ? -1 : 1));
  const there = each.map(([name, report]) => onNode(name, report, revision, nodes));
  const [worst] = [...there].sort((one, other) => order.indexOf(one.phase) - order.indexOf(other.phase));
  const phase = worst?.phase ?? 'ready';
  return {
    phase,
    ...(worst?.reason !== undefined && { reason: reasonOn(worst) }),
    observed: reports.get(nodes.here)?.observed ?? {},
    nodes: there,
  };
}

/** Of an endpoint: what its node has. */
export function endpointStatus(revision: number, node: string, reports: Reports, nodes: Nodes): Status {
  const report = reports.get(node);
  if (!report) return { phase: 'pending', ...whyPending(node, nodes), observed: {} };
  const { name: _, ...status } = onNode(node, report, revision, nodes);
  return { ...status, observed: report.observed };
}

function reasonOn({ name, phase, reason }: NodeStatus): string {
  return phase === 'failed' ? `node ${name}: ${reason}` : String(reason);
}

const order: readonly Status['phase'][] = ['failed', 'pending', 'ready'];

function onNode(name: string, report: Report, revision: number, nodes: Nodes): NodeStatus {
  const { phase, reason, of } = report;
  if (of < revision || phase === 'pending') return { name, phase: 'pending', ...whyPending(name, nodes) };
  return { name, phase, ...(reason !== undefined && { reason }) };
}

function whyPending(node: string, nodes: Nodes): { readonly reason?: string } {
  return nodes.isPresent(node) ? {} : { reason: awayReason(node) };
}

export function awayReason(node: string): string {
  return `node ${node} is away; it is carried out when it returns`;
}
