import type { ScaleTarget } from '../../descriptor/scaling.ts';

// How many replicas one metric asks for, as the HorizontalPodAutoscaler of Kubernetes has it (autoscaling/v2, "Algorithm details"). Pure.

/** What one metric was at one look. Replicas that were not measured are starting, or missing. */
export interface Reading extends ScaleTarget {
  /** Of all replicas that were measured. */
  readonly total: number;
  readonly counted: number;
  /** They have just started: what they do now says nothing yet. */
  readonly starting: number;
  /** They do not run, or cannot be read. */
  readonly missing: number;
}

/** So far from its target a metric asks for nothing. */
export const tolerance = 0.1;
/** What a division may be off by. */
const epsilon = 1e-9;

/** For each of the replicas that were measured; nothing where that is not known. */
export function averageOf({ total, counted }: Reading): number | undefined {
  const average = total / counted;
  return counted > 0 && Number.isFinite(average) && average >= 0 ? average : undefined;
}

/**
 * How many replicas a metric asks for while there are `current`; nothing where it is not known. Those that are starting are taken to
 * do nothing where more would be asked for, and to be just at the target where fewer would. While one is missing, there are not fewer.
 */
export function proposalOf(reading: Reading, current: number): number | undefined {
  const { target, total, counted, starting, missing } = reading;
  const average = averageOf(reading);
  if (average === undefined) return undefined;
  const needed = (load: number) => Math.max(0, Math.ceil(load / target - epsilon));
  const ratio = (load: number, replicas: number) => load / (replicas * target);
  if (average > target) {
    const all = counted + starting + missing;
    return ratio(total, all) > 1 + tolerance ? Math.max(current, needed(total)) : current;
  }
  if (missing > 0) return current;
  const load = total + starting * target;
  return ratio(load, counted + starting) < 1 - tolerance ? Math.min(current, needed(load)) : current;
}
