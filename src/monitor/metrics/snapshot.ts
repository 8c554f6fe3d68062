import type { ChainStatus } from '../../networks/path/proof/status.ts';
import type { Measurement } from '../cost/measure.ts';
import type { JobStatus } from '../jobs/status.ts';
import type { ScalingStatus } from '../scaling/status.ts';
import type { Series } from './family.ts';
import type { MeasuredFigures } from './measured-families.ts';
import type { NetworkFigures } from './network-families.ts';

/** What is known of one application at the moment of a scrape, whatever its features are. */
export interface ApplicationSnapshot {
  readonly containers: readonly { readonly role: string; readonly state: string }[];
  readonly used: readonly Measurement[];
  /** Agents that were taken away, and functions that are over their budgets. */
  readonly overBudget: readonly { readonly container: string; readonly detached: boolean }[];
  readonly chains: readonly ChainStatus[];
  readonly scaling: readonly ScalingStatus[];
  readonly jobs: readonly JobStatus[];
  /** The features that were asked, and whether they answered. */
  readonly answered: Readonly<Record<string, boolean>>;
}

export interface NodeSnapshot {
  readonly version: string;
  readonly engine: string;
  /** Seconds of CPU, bytes. */
  readonly cpu: number;
  readonly memory: number;
  readonly networks?: NetworkFigures;
  readonly measured: readonly MeasuredFigures[];
  /** Networking services, whether they are ready, and how often they were started again. */
  readonly services: readonly {
    readonly name: string;
    readonly isReady: boolean;
    readonly restarts: number;
  }[];
  readonly applications: readonly { readonly project: string; readonly series: readonly Series[] }[];
}
