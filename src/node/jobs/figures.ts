import type { JobTimes, RankReport } from '../../monitor/jobs/status.ts';

// What is said of a job by what its ranks say. Pure.

/**
 * Where the ranks’ time went, on average, in seconds. All leave an operation together, and whoever comes last to it has not waited: as
 * long as that one was in there, data was carried.
 */
export function timesOf(ranks: readonly RankReport[]): JobTimes | null {
  const all = ranks.flatMap(({ progress }) => progress?.times ?? []);
  if (all.length === 0 || all.length < ranks.length) return null;
  const mean = (values: readonly number[]) => values.reduce((sum, one) => sum + one, 0) / values.length;
  const network = Math.min(...all.map((one) => one.network));
  return {
    compute: mean(all.map(({ compute }) => compute)),
    network,
    waiting: mean(all.map((one) => one.network - network)),
    data: mean(all.map(({ data }) => data)),
  };
}

/** Of the rank that is least far; null before all have said something. */
export function stepOf(ranks: readonly RankReport[]): number | null {
  const all = ranks.map(({ progress }) => progress?.step ?? null);
  return all.length === 0 || all.includes(null) ? null : Math.min(...all.map(Number));
}

export function stepsOf(ranks: readonly RankReport[]): number | null {
  return ranks.find(({ progress }) => progress?.steps)?.progress?.steps ?? null;
}

/** When a job was how far: milliseconds of a clock that only goes forward. */
export interface StepSample {
  readonly at: number;
  readonly step: number;
}

/** Milliseconds over which a step's time is taken. */
const window = 30_000;

/** With one more; what is too old, or of before a start, is forgotten. */
export function sampled(
  samples: readonly StepSample[],
  now: number,
  step: number | null,
): readonly StepSample[] {
  const last = samples.at(-1);
  if (step === null || (last && step < last.step)) return step === null ? [] : [{ at: now, step }];
  if (last?.step === step) return samples;
  // A step may take longer than that.
  const lately = samples.filter((one) => now - one.at <= window || one === last);
  return [...lately, { at: now, step }];
}

/** Seconds that a step takes; null before two were seen. */
export function stepSeconds(samples: readonly StepSample[]): number | null {
  const [first, last] = [samples[0], samples.at(-1)];
  if (!first || !last || last.step === first.step) return null;
  return (last.at - first.at) / 1000 / (last.step - first.step);
}

/** Bytes that ranks sent, each by its interface on the job’s network; null where one’s are not known. */
export function sentBy(ranks: readonly RankReport[]): number | null {
  const all = ranks.map(({ sent }) => sent);
  return all.length === 0 || all.includes(null)
    ? null
    : all.reduce<number>((sum, one) => sum + (one ?? 0), 0);
}

/** What was sent since a run began. A counter began anew where it has less than before. */
export function sentSince(sent: number | undefined, before = 0): number | null {
  if (sent === undefined) return null;
  return sent < before ? sent : sent - before;
}
