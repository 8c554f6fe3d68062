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
  /** Whether they are being started: who is seen to run then was started by this node. */
  readonly isStarting?: boolean | undefined;
  /** Bytes that each rank’s interface had sent when the run began. */
  readonly sentBefore?: Readonly<Record<string, number>> | undefined;
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
  /** The ranks are started, all of them. */
  | { readonly do: 'start'; readonly memory: JobMemory }
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
  if (memory.phase === 'restarting') {
    if (!areAnew(memory, ranks)) return restartWhenDue(memory, now);
    // Either the node has started them, and was ended before it had noted that; or somebody has begun another run.
    return nothing(memory.isStarting ? resumed(memory, ranks) : begun(memory, ranks, now));
  }
  const started = ranks.filter(({ startedAt }) => startedAt !== null);
  if (started.length === 0) return unstarted(memory, ranks);
  const news = started.filter(({ rank, startedAt }) => memory.starts[rank] !== startedAt);
  if (news.length === ranks.length) return decide(job, begun(memory, ranks, now), seen);
  const made = ranks.filter(({ state, startedAt }) => state === 'created' && startedAt === null);
  if (news.length + made.length > 0) {
    const latest = Math.max(...started.map(({ startedAt }) => Date.parse(startedAt ?? '')));
    if (now - latest < together) return nothing({ ...memory, reason: 'its ranks are starting' });
    return lone(job, memory, ranks, news, now);
  }
  if (memory.phase === 'failed' && ranks.some(isAlive)) return { do: 'stop', memory };
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

function isAlive({ state }: RankReport): boolean {
  return state === 'running' || state === 'paused';
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
  return { ...undone(memory), phase: 'running', reason: againText(memory), starts: startsOf(ranks) };
}

/** Without what is only of ranks that are to be started. */
function undone(memory: JobMemory): JobMemory {
  const { notBefore: _notBefore, isStarting: _isStarting, ...rest } = memory;
  return rest;
}

function startsOf(ranks: readonly RankReport[]): JobMemory['starts'] {
  return Object.fromEntries(
    ranks.flatMap(({ rank, startedAt }) => (startedAt === null ? [] : [[rank, startedAt]])),
  );
}

function stoppedOf(memory: JobMemory, now: number): JobMemory {
  if (memory.phase === 'ended' || memory.phase === 'failed' || memory.phase === 'stopped') return memory;
  if (memory.run === 0) return { ...memory, phase: 'waiting', reason: 'it was not started' };
  return { ...undone(memory), phase: 'stopped', reason: 'it was stopped by hand', endedAt: now };
}

/** Whoever made them was cut short before they were started: nobody else does it. The run begins when they have. */
function unstarted(memory: JobMemory, ranks: readonly RankReport[]): Decision {
  const missing = ranks.filter(({ state }) => state === 'missing');
  const waiting = { ...undone(memory), phase: 'waiting', starts: {} } as const;
  if (missing.length === 0 && ranks.length > 0)
    return { do: 'start', memory: { ...waiting, reason: 'its ranks were made, and not started' } };
  const names = missing.map(({ name }) => name).join(', ');
  return nothing({ ...waiting, reason: `not there: ${names}; \`heddle up\` makes them` });
}

/** Ranks have started that the others do not know, by whomever, or the others could not. */
function lone(
  job: Pick<JobSpec, 'retries'>,
  memory: JobMemory,
  ranks: readonly RankReport[],
  news: readonly RankReport[],
  now: number,
): Decision {
  const left = ranks.filter((one) => !news.includes(one)).map(({ rank }) => rank);
  if (memory.phase !== 'running') {
    const run = { ...begun(memory, news, now), starts: {} };
    return failing(job, run, `${rankText(left)} did not start`, now);
  }
  const made = ranks.filter(({ startedAt }) => startedAt === null).map(({ rank }) => rank);
  if (made.length > 0) return failing(job, memory, `${rankText(made)} did not start`, now);
  const reason = `${rankText(news.map(({ rank }) => rank))} started anew, and the others know the one before`;
  return { do: 'restart', memory: { ...memory, phase: 'restarting', reason, failure: reason } };
}

/** One more attempt has failed, for a reason: there is another, or none. */
export function failing(
  job: Pick<JobSpec, 'retries'>,
  memory: JobMemory,
  reason: string,
  now: number,
): Decision {
  if (memory.attempt > job.retries)
    return {
      do: 'stop',
      memory: {
        ...undone(memory),
        phase: 'failed',
        reason: job.retries === 0 ? reason : `${reason}; it was started again ${times(job.retries)} already`,
        endedAt: now,
      },
    };
  // The first time at once: what fails again at once is given time.
  const pause = memory.attempt === 1 ? 0 : Math.min(firstPause * 2 ** (memory.attempt - 2), longestPause);
  const next = {
    ...undone(memory),
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
  return ranks
    .filter((one) => hasFailed(one) || isCutShort(one))
    .sort((a, b) => (a.finishedAt ?? '9').localeCompare(b.finishedAt ?? '9'))[0];
}

function hasFailed({ state, exitCode }: RankReport): boolean {
  // Right after its end an engine may not know the exit code yet.
  return state === 'missing' || (state === 'ended' && exitCode !== null && exitCode !== 0);
}

/** Podman has an exit code of 0 for what a host took along that lost its power: its end was never noted. */
function isCutShort({ state, exitCode, startedAt, finishedAt }: RankReport): boolean {
  return state === 'ended' && exitCode === 0 && (finishedAt ?? '') < (startedAt ?? '');
}

function failureText(failed: RankReport): string {
  const { rank, state, exitCode, node } = failed;
  const where = node === null ? '' : ` on node ${node}`;
  if (isCutShort(failed)) return `rank ${rank}${where} was cut short with its host`;
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
