import type { Measurement } from '../cost/measure.ts';
import type { FirewallCounter } from '../firewall/record.ts';
import type { Talkers } from '../flows/record.ts';
import type { LatencyRecord } from '../latency/record.ts';
import type { InterfaceRecord } from '../snmp/record.ts';

/** What is known of one application at the moment of a scrape. */
export interface ApplicationSnapshot {
  readonly project: string;
  readonly containers: readonly { readonly role: string; readonly state: string }[];
  readonly used: readonly Measurement[];
  /** Agents that were taken away, and functions that are over their budgets. */
  readonly overBudget: readonly { readonly container: string; readonly detached: boolean }[];
  /** Over the last minute. */
  readonly latency: readonly LatencyRecord[];
  /** Over the last minute. */
  readonly talkers: readonly Talkers[];
  readonly firewall: readonly FirewallCounter[];
  readonly interfaces: readonly InterfaceRecord[];
  /** The features that were asked, and whether they answered. */
  readonly answered: Readonly<Record<string, boolean>>;
}

export interface NodeSnapshot {
  readonly version: string;
  readonly engine: string;
  /** Seconds of CPU, bytes. */
  readonly cpu: number;
  readonly memory: number;
  readonly applications: readonly ApplicationSnapshot[];
}
