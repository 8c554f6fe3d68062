import type { ObservedContainer } from '../../engines/engine.ts';
import type { DeploymentSpec, PodSpec } from '../../selector/spec.ts';
import type { Observed } from '../observed.ts';
import type { PlanBuilder } from './builder.ts';

export interface PlanOptions {
  /** Keyed hash of a part of the specification, as it stands in labels. */
  readonly hash: (value: unknown) => string;
  /**
   * `up`: make everything as specified. `heal`: bring back what is missing or ended, replace nothing that runs and
   * remove nothing.
   */
  readonly mode: 'up' | 'heal';
  /** Build images again although they are present. */
  readonly build?: boolean;
  /** For `heal`: whether a container that ended may be started again now. */
  readonly mayRestart?: (container: ObservedContainer) => boolean;
  /** For `heal`: whether pods that are missing are brought back, too. */
  readonly settled?: boolean;
  /** For `heal`: services that were stopped on purpose. */
  readonly stopped?: ReadonlySet<string>;
}

/** What planning needs at hand everywhere. */
export interface Planning {
  readonly spec: DeploymentSpec;
  readonly observed: Observed;
  readonly options: PlanOptions;
  readonly builder: PlanBuilder;
  readonly pods: ReadonlyMap<string, PodSpec>;
}
