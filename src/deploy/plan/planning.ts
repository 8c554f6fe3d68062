import type { ObservedContainer } from '../../engines/observed.ts';
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
  /** For `heal`: whether ranks of jobs that do not run are started, which is for all of a job to be decided. */
  readonly ranks?: boolean;
  /** For `heal`: services that were stopped on purpose. */
  readonly stopped?: ReadonlySet<string>;
  /** For `up`: the services that it is about; others are left as they are. Absent: all. */
  readonly only?: ReadonlySet<string>;
  /** For `up`: whether it is about all that the file has. Absent: it is. */
  readonly whole?: boolean;
  /** For `up`: services whose containers are removed, since the file does not have them. Absent: none. */
  readonly isOrphan?: (service: string) => boolean;
  /** For `up`: services whose containers are made anew although nothing changed. */
  readonly force?: ReadonlySet<string>;
  /** For `up`: leave containers that differ from the file as they are. */
  readonly keep?: boolean;
  /** For `up`: what is made anew begins with empty anonymous volumes. */
  readonly renewVolumes?: boolean;
  /** Milliseconds that containers have to end, instead of what they were made with. */
  readonly grace?: number;
  /** For `start` and `restart`: without what they depend on, and without those that depend on them. */
  readonly noDeps?: boolean;
  /** Specifications that what exists may have been made from, the latest first: they tell what changed. */
  readonly known?: readonly DeploymentSpec[];
}

/** What planning needs at hand everywhere. */
export interface Planning {
  readonly spec: DeploymentSpec;
  readonly observed: Observed;
  readonly options: PlanOptions;
  readonly builder: PlanBuilder;
  readonly pods: ReadonlyMap<string, PodSpec>;
  /** The pods of services, by service: the replicas of each. */
  readonly replicas: ReadonlyMap<string, readonly PodSpec[]>;
}

/**
 * What removing needs: with a time that containers have to end, instead of what they were made with. `pods`: those that are
 * wanted; absent: none is.
 */
export type Removing = Pick<Planning, 'builder' | 'observed'> & {
  readonly options?: Pick<PlanOptions, 'grace'>;
  readonly pods?: Planning['pods'];
};

/** The replicas of each service. */
export function replicasByService(pods: readonly PodSpec[]): ReadonlyMap<string, readonly PodSpec[]> {
  return Map.groupBy(
    pods.filter(({ role }) => role === 'service'),
    ({ service }) => service ?? '',
  );
}
