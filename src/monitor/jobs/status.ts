import { integer, type Of, record, text, time } from '../../lib/schema.ts';
import * as z from '../../lib/zod.ts';

const seconds = z.number().min(0);

/** Where a rank's time went since its program began. */
const rankTimes = record('RankTimes', 'Where the time of a rank went, in seconds, as it says itself.', {
  compute: seconds,
  network: seconds.describe('In operations with other ranks: carrying data, and waiting for them.'),
  data: seconds.describe('Waiting for its input.'),
});

const rankProgress = record('RankProgress', 'How far a rank is, as it says itself.', {
  at: time.describe('When it last said so.'),
  step: integer,
  steps: integer.nullable().describe('Of so many.'),
  phase: z.enum(['compute', 'network', 'data']).nullable().describe('What it is at.'),
  times: rankTimes.nullable(),
  loss: z.number().nullable(),
  checkpoint: integer.nullable().describe('The last step that it could go on from.'),
});
export type RankProgress = Of<typeof rankProgress>;

export const rankReport = record('RankReport', 'A rank of a job.', {
  rank: integer,
  name: text.describe('Of its container.'),
  node: text.nullable().describe('Who has it; null: this node.'),
  state: z
    .enum(['missing', 'created', 'running', 'paused', 'ended'])
    .describe('`missing`: it, or the sandbox that it runs in.'),
  settled: z.boolean().describe('Whether nothing is under way at its node that may start or end it.'),
  exitCode: integer.nullable(),
  startedAt: time.nullable(),
  finishedAt: time.nullable(),
  progress: rankProgress.nullable().describe('Since it started; null: it has said nothing yet.'),
  sent: integer
    .nullable()
    .describe(
      'Bytes, by its interface on the job’s network; of a job, since the run began. null: not known.',
    ),
});
export type RankReport = Of<typeof rankReport>;

const jobTimes = record('JobTimes', 'Where the time of a job’s ranks went, on average: in seconds.', {
  compute: seconds.describe('Measured by the ranks.'),
  network: seconds.describe(
    'Estimated: as long as the rank that waited least was in operations with others.',
  ),
  waiting: seconds.describe('Estimated: for slower ranks, the rest of the time in such operations.'),
  data: seconds.describe('Measured by the ranks.'),
});
export type JobTimes = Of<typeof jobTimes>;

const jobRun = record('JobRun', 'A run of a job that is over.', {
  run: integer,
  startedAt: time,
  seconds,
  outcome: z.enum(['ended', 'failed', 'stopped']),
  attempts: integer,
  step: integer.nullable(),
  network: text.nullable(),
  times: jobTimes.nullable(),
});
export type JobRun = Of<typeof jobRun>;

export const jobPhases = ['waiting', 'running', 'restarting', 'ended', 'failed', 'stopped'] as const;
export type JobPhase = (typeof jobPhases)[number];

export const jobStatus = record('JobStatus', 'A service whose replicas are the ranks of a job. Stable.', {
  service: text,
  phase: z.enum(jobPhases),
  reason: text.nullable().describe('Why it is so, in words.'),
  workers: integer,
  retries: integer.describe('How often the ranks are started again at most.'),
  run: integer.describe('0: it has not run yet.'),
  attempt: integer.describe('Of this run, from 1.'),
  startedAt: time.nullable(),
  seconds: seconds.nullable().describe('That this run has taken so far, or took.'),
  network: text.nullable().describe('What the ranks exchange data on.'),
  step: integer.nullable().describe('Of the rank that is least far.'),
  steps: integer.nullable(),
  stepSeconds: seconds.nullable().describe('That a step takes at the moment.'),
  times: jobTimes.nullable(),
  exchanged: z
    .strictObject({ bytes: integer, how: z.enum(['measured', 'estimated']) })
    .nullable()
    .describe('Between ranks: by the flows that were seen, or else all that passed their interfaces.'),
  ranks: z.array(rankReport),
  runs: z.array(jobRun).describe('Earlier ones, the newest first.'),
});
export type JobStatus = Of<typeof jobStatus>;
