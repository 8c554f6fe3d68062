import { expect, test } from 'vitest';
import { at, progress, rank } from '../../../test/support/job-ranks.ts';
import type { JobStatus } from '../jobs/status.ts';
import { seriesOf } from './family.ts';
import { jobFamilies } from './job-families.ts';

test('a job is scraped with its phase, how far it is, and where the time went', () => {
  const run = { run: 1, startedAt: at(0), attempts: 1, step: 9, network: null, times: null } as const;
  const job: JobStatus = {
    service: 'trainer',
    phase: 'running',
    reason: null,
    workers: 2,
    retries: 3,
    run: 3,
    attempt: 2,
    startedAt: at(0),
    seconds: 12,
    network: 'shop_lab',
    step: 4,
    steps: null,
    stepSeconds: 0.5,
    times: { compute: 6, network: 4, waiting: 1, data: 0 },
    exchanged: null,
    ranks: [rank(0, { sent: 7, progress: progress(4) }), rank(1, { state: 'ended', exitCode: 0 })],
    runs: [
      { ...run, run: 2, outcome: 'failed', seconds: 3 },
      { ...run, outcome: 'ended', seconds: 20 },
    ],
  };
  const texts = seriesOf(jobFamilies, { jobs: [job] }).flatMap(({ name, values }) =>
    values
      .filter(({ value }) => value !== 0)
      .map(
        ({ labels, value }) =>
          `${name.replace('heddle_job_', '')} ${Object.values(labels).join(' ')} ${value}`,
      ),
  );
  expect(texts).toEqual([
    'phase trainer running 1',
    'ranks trainer running 1',
    'ranks trainer ended 1',
    'attempt trainer 2',
    'step trainer 4',
    'step_seconds trainer 0.5',
    'run_seconds trainer 12',
    'earlier_run_seconds trainer 20',
    'time_seconds trainer compute 6',
    'time_seconds trainer network 4',
    'time_seconds trainer waiting 1',
    'sent_bytes trainer 0 7',
  ]);
});
