import { type JobStatus, type JobTimes, jobPhases } from '../jobs/status.ts';
import type { Family } from './family.ts';

type JobFamily = Family<{ readonly jobs: readonly JobStatus[] }>;

const kinds = ['compute', 'network', 'waiting', 'data'] as const satisfies readonly (keyof JobTimes)[];

/** Of services whose replicas are the ranks of a job, at the node that looks after it. */
export const jobFamilies: readonly JobFamily[] = [
  {
    name: 'heddle_job_phase',
    type: 'gauge',
    help: '1 for the phase that a job is in.',
    values: ({ jobs }) =>
      jobs.flatMap(({ service, phase }) =>
        jobPhases.map((one) => ({ labels: { service, phase: one }, value: one === phase ? 1 : 0 })),
      ),
  },
  {
    name: 'heddle_job_ranks',
    type: 'gauge',
    help: 'Ranks of a job, by state.',
    values: ({ jobs }) =>
      jobs.flatMap(({ service, ranks }) =>
        [...Map.groupBy(ranks, ({ state }) => state)].map(([state, some]) => ({
          labels: { service, state },
          value: some.length,
        })),
      ),
  },
  figure(
    'heddle_job_attempt',
    'How often the ranks of this run have been started.',
    ({ attempt }) => attempt,
  ),
  figure('heddle_job_step', 'Step of the rank that is least far.', ({ step }) => step),
  figure('heddle_job_steps', 'Steps that a job has in all.', ({ steps }) => steps),
  figure('heddle_job_step_seconds', 'What a step takes at the moment.', ({ stepSeconds }) => stepSeconds),
  figure('heddle_job_run_seconds', 'What this run has taken so far, or took.', ({ seconds }) => seconds),
  figure('heddle_job_earlier_run_seconds', 'What the last run before it took that ended well.', lastRun),
  {
    name: 'heddle_job_time_seconds',
    type: 'gauge',
    help: 'Where the time of a job’s ranks went in this attempt, on average: compute and data as the ranks say, network and waiting estimated.',
    values: ({ jobs }) =>
      jobs.flatMap(({ service, times }) =>
        times ? kinds.map((kind) => ({ labels: { service, kind }, value: times[kind] })) : [],
      ),
  },
  {
    name: 'heddle_job_sent_bytes',
    type: 'gauge',
    help: 'Bytes that a rank has sent on the job’s network in this run.',
    values: ({ jobs }) =>
      jobs.flatMap(({ service, ranks }) =>
        ranks.flatMap(({ rank, sent }) =>
          sent === null ? [] : [{ labels: { service, rank: String(rank) }, value: sent }],
        ),
      ),
  },
];

function lastRun({ runs }: JobStatus): number | null {
  return runs.find(({ outcome }) => outcome === 'ended')?.seconds ?? null;
}

function figure(name: string, help: string, of: (job: JobStatus) => number | null): JobFamily {
  const values: JobFamily['values'] = ({ jobs }) =>
    jobs.flatMap((job) => {
      const value = of(job);
      return value === null ? [] : [{ labels: { service: job.service }, value }];
    });
  return { name, type: 'gauge', help, values };
}
