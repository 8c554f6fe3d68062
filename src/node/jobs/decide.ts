import type { JobPhase, RankReport } from '../../monitor/jobs/status.ts';
import type { JobSpec } from '../../selector/spec.ts';

// What becomes of a job, by what its ranks are and what is known of it. Pure.

/** What is known of a job, and outlives the node. Times are milliseconds since 1970. */
export interface JobMemory {
  /** 0: it has not run yet. */
  readonly run: number;
  /** Of the run, from 1. */
  readonly attempt: number;
  readonly phase: JobPhase;
  readonly reason: string | null;
  readonly startedAt?: number | undefined;
  readonly endedAt?: number | undefined;
  /** When each rank of this attempt started: others would be another's doing. */
  readonly starts: Readonly<Record<string, string>>;
  /** Why the ranks of this run were started again last. */
  readonly failure?: string | undefined;
  /** Before then the ranks are not started again. */
  readonly notBefore?: number | undefined;
}

export const unknownJob: JobMemory = { run: 0, attempt: 0, phase: 'waiting', reason: null, starts: {} };

export interface Seen {
  readonly ranks: readonly RankReport[];
  readonly now: number;
  /** Whether it was stopped by hand. */
  readonly isStopped: boolean;
  /** What is said of a rank that makes no progress. */
  readonly stuck: string | undefined;
}

export type Decision =
  | { readonly do: 'nothing'; readonly memory: JobMemory }
  /** The ranks are stopped, and started, all of them. */
  | { readonly do: 'restart'; readonly memory: JobMemory }
  /** Those that run still are stopped. */
  | { readonly do: 'stop'; readonly memory: JobMemory };

/** Milliseconds within which ranks start that start together: on several hosts, under load. */
const together = 10_000;
/** Milliseconds until the second time that ranks are started again; doubled each time, up to the longest. */
const firstPause = 1_000;
const longestPause = 60_000;

export function decide(job: Pick<JobSpec, 'retries'>, memory: JobMemory, seen: Seen): Decision {
  const { ranks, now, isStopped, stuck } = seen;
  if (isStopped) return nothing(stoppedOf(memory, now));
  // Begun, and not known to be done: the node ended meanwhile, or could not.
  if (memory.phase === 'restarting')
    return areAnew(memory, ranks) ? nothing(resumed(memory, ranks)) : restartWhenDue(memory, now);
  const started = ranks.filter(({ startedAt }) => startedAt !== null);
  if (started.length === 0) return unstarted(memory, ranks);
  const news = started.filter(({ rank, startedAt }) => memory.starts[rank] !== startedAt);
  const latest = Math.max(...started.map(({ startedAt }) => Date.parse(startedAt ?? '')));
  const isYoung = now - latest < together;
  if (news.length > 0) {
    if (started.length < ranks.length || news.length < ranks.length) {
      if (isYoung) return nothing({ ...memory, reason: 'its ranks are starting' });
      return lone(job, memory, ranks, news, now);
    }
    return decide(job, begun(memory, ranks, now), seen);
  }
  if (memory.phase !== 'running') return nothing(memory);
  const failed = firstFailed(ranks);
  if (failed) return failing(job, memory, failureText(failed), now);
  if (ranks.every(({ state, exitCode }) => state === 'ended' && exitCode === 0))
    return nothing({
      ...memory,
      phase: 'ended',
      reason: 'all ranks have ended',
      endedAt: lastEnd(ranks) ?? now,
    });
  if (stuck !== undefined) return failing(job, memory, stuck, now);
  return nothing({ ...memory, reason: againText(memory) });
}

/** A run that begins, with all its ranks. */
function begun(memory: JobMemory, ranks: readonly RankReport[], now: number): JobMemory {
  const first = Math.min(now, ...ranks.map(({ startedAt }) => Date.parse(startedAt ?? '')));
  return {
    run: memory.run + 1,
    attempt: 1,
    phase: 'running',
    reason: null,
    startedAt: first,
    starts: startsOf(ranks),
  };
}

/** Whether all ranks run, and have started since. */
function areAnew({ starts }: JobMemory, ranks: readonly RankReport[]): boolean {
  return ranks.every(
    ({ rank, state, startedAt }) => state === 'running' && startedAt !== null && starts[rank] !== startedAt,
  );
}

/** The same run, with ranks that were started again. */
export function resumed(memory: JobMemory, ranks: readonly RankReport[]): JobMemory {
  const { notBefore: _, ...rest } = memory;
  return { ...rest, phase: 'running', reason: againText(rest), starts: startsOf(ranks) };
}

function startsOf(ranks: readonly RankReport[]): JobMemory['starts'] {
  return Object.fromEntries(
    ranks.flatMap(({ rank, startedAt }) => (startedAt === null ? [] : [[rank, startedAt]])),
  );
}

function stoppedOf(memory: JobMemory, now: number): JobMemory {
  if (memory.phase === 'ended' || memory.phase === 'failed' || memory.phase === 'stopped') return memory;
  const { notBefore: _, ...rest } = memory;
  return {
    ...rest,
    phase: 'stopped',
    reason: 'it was stopped by hand',
    ...(memory.run > 0 && { endedAt: now }),
  };
}

/** Whoever made them was cut short before they were started: nobody else does it. */
function unstarted(memory: JobMemory, ranks: readonly RankReport[]): Decision {
  const missing = ranks.filter(({ state }) => state === 'missing');
  if (missing.length === 0 && ranks.length > 0)
    return {
      do: 'restart',
      memory: { ...memory, phase: 'restarting', reason: 'its ranks were made, and not started' },
    };
  const names = missing.map(({ name }) => name).join(', ');
  return nothing({
    ...memory,
    phase: 'waiting',
    reason: `not there: ${names}; \`heddle up\` makes them`,
    starts: {},
  });
}

/** Ranks were started that the others do not know, by whomever, or the others could not be. */
function lone(
  job: Pick<JobSpec, 'retries'>,
  memory: JobMemory,
  ranks: readonly RankReport[],
  news: readonly RankReport[],
  now: number,
): Decision {
  const never = ranks.filter(({ startedAt }) => startedAt === null).map(({ rank }) => rank);
  if (never.length > 0) {
    const run = memory.phase === 'running' ? memory : { ...begun(memory, news, now), starts: {} };
    return failing(job, run, `${rankText(never)} did not start`, now);
  }
  if (memory.phase !== 'running') return nothing(memory);
  const reason = `${rankText(news.map(({ rank }) => rank))} started anew, and the others know the one before`;
  return { do: 'restart', memory: { ...memory, phase: 'restarting', reason, failure: reason } };
}

function failing(job: Pick<JobSpec, 'retries'>, memory: JobMemory, reason: string, now: number): Decision {
  if (memory.attempt > job.retries)
    return {
      do: 'stop',
      memory: {
        ...memory,
        phase: 'failed',
        reason: job.retries === 0 ? reason : `${reason}; it was started again ${times(job.retries)} already`,
        endedAt: now,
      },
    };
  // The first time at once: what fails again at once is given time.
  const pause = memory.attempt === 1 ? 0 : Math.min(firstPause * 2 ** (memory.attempt - 2), longestPause);
  const next = {
    ...memory,
    attempt: memory.attempt + 1,
    phase: 'restarting',
    reason,
    failure: reason,
    notBefore: now + pause,
  } as const;
  return restartWhenDue(next, now);
}

function restartWhenDue(memory: JobMemory, now: number): Decision {
  return { do: (memory.notBefore ?? 0) <= now ? 'restart' : 'nothing', memory };
}

/** The one that failed first: the others fail of that. */
function firstFailed(ranks: readonly RankReport[]): RankReport | undefined {
  return (
    ranks
      // Right after its end an engine may not know the exit code yet.
      .filter(
        ({ state, exitCode }) =>
          state === 'missing' || (state === 'ended' && exitCode !== null && exitCode !== 0),
      )
      .sort((a, b) => (a.finishedAt ?? '9').localeCompare(b.finishedAt ?? '9'))[0]
  );
}

function failureText({ rank, state, exitCode, node }: RankReport): string {
  const where = node === null ? '' : ` on node ${node}`;
  if (state === 'missing') return `rank ${rank}${where} is not there any more`;
  // As a shell has it (signal(7)).
  const by =
    exitCode !== null && exitCode > 128 && exitCode < 160
      ? `by signal ${exitCode - 128}`
      : `with exit code ${exitCode}`;
  return `rank ${rank}${where} ended ${by}`;
}

function lastEnd(ranks: readonly RankReport[]): number | undefined {
  const ends = ranks.flatMap(({ finishedAt }) => (finishedAt === null ? [] : [Date.parse(finishedAt)]));
  return ends.length > 0 ? Math.max(...ends) : undefined;
}

/** What is said of a run whose ranks were started again. */
function againText({ failure }: JobMemory): string | null {
  return failure === undefined ? null : `started again: ${failure}`;
}

function nothing(memory: JobMemory): Decision {
  return { do: 'nothing', memory };
}

export function rankText(ranks: readonly number[]): string {
  return ranks.length === 1 ? `rank ${ranks[0]}` : `ranks ${ranks.join(', ')}`;
}

function times(count: number): string {
  return count === 1 ? 'once' : `${count} times`;
}
