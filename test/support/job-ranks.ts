import type { RankProgress, RankReport } from '../../src/monitor/jobs/status.ts';

/** 2026, in seconds from noon. */
export function at(seconds: number): string {
  return new Date(Date.UTC(2026, 0, 1, 12) + seconds * 1000).toISOString();
}

export const noon = Date.UTC(2026, 0, 1, 12);

/** A rank that started at noon and runs. */
export function rank(number: number, said: Partial<RankReport> = {}): RankReport {
  return {
    rank: number,
    name: `shop-trainer-${number + 1}`,
    node: null,
    state: 'running',
    settled: true,
    exitCode: null,
    startedAt: at(0),
    finishedAt: null,
    progress: null,
    sent: null,
    ...said,
  };
}

export function progress(step: number, said: Partial<RankProgress> = {}): RankProgress {
  return { at: at(step), step, steps: null, phase: null, times: null, loss: null, checkpoint: null, ...said };
}
