import type { JobRun, RankReport } from '../../monitor/jobs/status.ts';
import type { JobSpec } from '../../selector/spec.ts';
import type { JobMemory } from './decide.ts';
import { stepOf, timesOf } from './figures.ts';

/** What is remembered of a run that is over. `ranks`: as they were last seen in it. */
export function runOf(
  job: JobSpec,
  before: JobMemory,
  after: JobMemory,
  ranks: readonly RankReport[],
): JobRun {
  const startedAt = before.startedAt ?? Date.now();
  const ends = ranks.flatMap(({ finishedAt }) => (finishedAt === null ? [] : [Date.parse(finishedAt)]));
  const lastEnd = ends.length === ranks.length ? Math.max(...ends) : Date.now();
  const endedAt = after.run === before.run ? (after.endedAt ?? lastEnd) : lastEnd;
  return {
    run: before.run,
    startedAt: new Date(startedAt).toISOString(),
    seconds: Math.max(0, endedAt - startedAt) / 1000,
    outcome:
      after.run === before.run && after.phase !== 'running' ? (after.phase as JobRun['outcome']) : 'stopped',
    attempts: before.attempt,
    step: stepOf(ranks),
    network: job.network ?? null,
    times: timesOf(ranks),
  };
}
