import type { Engine } from '../../engines/engine.ts';
import type { Value } from '../../lib/metrics/family.ts';
import type { DeploymentSpec } from '../../selector/spec.ts';
import type { AddressAssignment } from '../../state/history.ts';

interface Described {
  readonly name: string;
  readonly type: 'gauge' | 'counter' | 'histogram';
  readonly help: string;
}

/** A metric family of an application: its name and unit follow https://prometheus.io/docs/practices/naming/. */
export interface Family<Seen> extends Described {
  readonly values: (seen: Seen) => readonly Value[];
}

/** What a family has of one application. */
export interface Series extends Described {
  readonly values: readonly Value[];
}

/** What a scrape reads an application from. */
export interface Scrape {
  readonly engine: Engine;
  /** The application's folder in the node's state. */
  readonly folder: string;
  readonly spec: DeploymentSpec;
  readonly assignments: readonly AddressAssignment[];
  /** Where figures without counters begin: milliseconds since 1970, a minute ago. */
  readonly since: number;
}

/** Reads what a feature measures. */
export type FeatureMetrics = (scrape: Scrape) => Promise<readonly Series[]>;

export function featureMetrics<Seen>(
  read: (scrape: Scrape) => Promise<Seen>,
  families: readonly Family<Seen>[],
): FeatureMetrics {
  return async (scrape) => seriesOf(families, await read(scrape));
}

export function seriesOf<Seen>(families: readonly Family<Seen>[], seen: Seen): Series[] {
  return families.map(({ values, ...described }) => ({ ...described, values: values(seen) }));
}
