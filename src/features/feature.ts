import type { Route } from '../api/contract.ts';
import type { Engine } from '../engines/engine.ts';
import type { FeatureMetrics } from '../monitor/metrics/family.ts';
import type { DeploymentSpec } from '../selector/spec.ts';
import type { AddressAssignment } from '../state/history.ts';

/** What a feature adds to the node. What it adds to the command line stands in `commands.ts`. */
export interface Feature {
  /** As its template has it. */
  readonly name: string;
  readonly routes: readonly Route<FeatureHost>[];
  readonly metrics?: FeatureMetrics;
}

/** What a feature reads from: the node. */
export interface FeatureHost {
  readonly engine: Engine;
  /**
   * What is wanted of an application.
   * @throws HeddleError ERR_PROJECT_UNKNOWN, and ERR_SERVICE_UNKNOWN for a service that it does not have
   */
  specOf(project: string, services: readonly string[]): DeploymentSpec;
  /** Who had which address since a moment, in milliseconds since 1970; the oldest first. */
  assignments(project: string, since: number): readonly AddressAssignment[];
  /** Where agents write what has to outlive them. */
  folderOf(project: string): string;
}
