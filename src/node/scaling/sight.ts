import type { PanelTelemetry } from '../../networks/path/telemetry/telemetry.ts';

/** What is seen of a service's replicas at one time. */
export interface Sight {
  /** Milliseconds of a clock that nobody sets. */
  readonly at: number;
  /** All that are wanted. */
  readonly replicas: readonly SeenReplica[];
  /** Open connections through all instances of a function together; absent: it is none, or they cannot be counted. */
  readonly through?: number;
  /** What has passed the functions of the application; absent: it is not asked for, or cannot be read. */
  readonly telemetry?: PanelTelemetry;
}

export interface SeenReplica {
  readonly pod: string;
  /** Its run, with which its counters begin; absent: it does not run. */
  readonly run?: string;
  /** Milliseconds that it has been running for. */
  readonly age: number;
  /** Cores that it may use; one, where it has no limit. */
  readonly limit: number;
  /** Seconds that it has used. */
  readonly cpu?: number;
  /** Open connections to it. */
  readonly sessions?: number;
  /** Received so far, by interface. */
  readonly packets?: ReadonlyMap<string, number>;
}
