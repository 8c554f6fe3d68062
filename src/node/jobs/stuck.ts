import type { RankReport } from '../../monitor/jobs/status.ts';
import type { JobSpec } from '../../selector/spec.ts';
import { rankText } from './decide.ts';

// Whether ranks make progress, by what they say themselves. Pure.

/** When each rank was last seen to be further than before. Milliseconds of a clock that only goes forward. */
export type Advances = ReadonlyMap<number, Advance>;

interface Advance {
  readonly startedAt: string;
  readonly step: number;
  /** When it was seen at this step first. */
  readonly at: number;
  /** When it said anything last, by its file; and when that was seen first. */
  readonly said: string;
  readonly saidAt: number;
}

/** Milliseconds without a word, after which a rank’s program stands still: the others say something once a second. */
const silence = 5_000;
/** What is waited for where nobody says how long: so many steps, and milliseconds at least. */
const steps = 20;
const shortest = 60_000;

/** What is known after a look. Ranks that do not run are forgotten. */
export function advanced(before: Advances, ranks: readonly RankReport[], now: number): Advances {
  return new Map(
    ranks.flatMap(({ rank, state, startedAt, progress }): [number, Advance][] => {
      if ((state !== 'running' && state !== 'paused') || startedAt === null) return [];
      const last = before.get(rank);
      const known = last?.startedAt === startedAt ? last : undefined;
      const [step, said] = [progress?.step ?? -1, progress?.at ?? ''];
      return [
        [
          rank,
          {
            startedAt,
            step,
            at: known?.step === step ? known.at : now,
            said,
            saidAt: known?.said === said ? known.saidAt : now,
          },
        ],
      ];
    }),
  );
}

/**
 * What is said of ranks that do not go on; nothing while all do.
 * @param stepTime milliseconds that a step takes, as far as is known
 */
export function stuckText(
  { progressDeadline }: Pick<JobSpec, 'progressDeadline'>,
  ranks: readonly RankReport[],
  advances: Advances,
  stepTime: number | undefined,
  now: number,
): string | undefined {
  const deadline =
    progressDeadline ?? (stepTime === undefined ? undefined : Math.max(shortest, steps * stepTime));
  if (deadline === undefined) return undefined;
  // Who pauses them knows that they stand.
  if (ranks.some(({ state }) => state === 'paused')) return undefined;
  const still = ranks.filter(({ rank, progress }) => {
    const advance = advances.get(rank);
    if (!advance || now - advance.at <= deadline) return false;
    // What is done after the last step is no step.
    if (progress?.steps && progress.step >= progress.steps) return false;
    // One that never said anything may be of a kind that does not.
    return advance.step >= 0 || progressDeadline !== undefined;
  });
  if (still.length === 0) return undefined;
  const culprits = culpritsOf(still, advances, now);
  const [first] = culprits;
  const after = `${Math.round(deadline / 1000)} s`;
  if (!first?.progress) return `${rankText(culprits.map(({ rank }) => rank))} said nothing for ${after}`;
  const { step, phase } = first.progress;
  const at = phase === null ? '' : `, in ${phase}`;
  return `${rankText(culprits.map(({ rank }) => rank))} made no progress for ${after}: at step ${step}${at}`;
}

/** Of ranks that all stand, since each waits for the others, those that the others wait for. */
function culpritsOf(still: readonly RankReport[], advances: Advances, now: number): readonly RankReport[] {
  const isSilent = ({ rank }: RankReport) => now - (advances.get(rank)?.saidAt ?? now) > silence;
  const narrower: readonly ((one: RankReport) => boolean)[] = [
    isSilent,
    ({ progress }) => progress !== null && progress.phase !== 'network' && progress.phase !== null,
    ({ progress }) => (progress?.step ?? -1) === Math.min(...still.map((one) => one.progress?.step ?? -1)),
  ];
  for (const is of narrower) {
    const some = still.filter(is);
    if (some.length > 0 && some.length < still.length) return some;
  }
  return still;
}
