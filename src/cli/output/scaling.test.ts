import { expect, test } from 'vitest';
import { scalingText } from './scaling.ts';

const now = Date.parse('2026-01-31T12:00:00Z');
const service = {
  service: 'web',
  replicas: 2,
  min: 1,
  max: 5,
  asked: 2,
  metrics: [
    { metric: 'cpu', target: 0.6, value: 0.634 },
    { metric: 'sessions', target: 500, value: null },
  ],
  reason: 'cpu is 63.4% for each of 2, and is to be 60%',
  steps: [],
} as const;

test('services are shown with their bounds, and what their metrics are and are to be', () => {
  expect(
    scalingText([service], now)
      .split('\n')
      .map((line) => line.split(/ {2,}/)),
  ).toEqual([
    ['SERVICE', 'REPLICAS', 'MIN', 'MAX', 'METRICS', 'BECAUSE'],
    ['web', '2', '1', '5', 'cpu 63.4%/60%, sessions <unknown>/500', service.reason],
    [''],
  ]);
});

test('steps follow, the newest first, with their reasons and what came of them', () => {
  const step = {
    from: 1,
    to: 2,
    reason: 'cpu is 99%, and is to be 60%',
    outcome: 'done',
    error: null,
  } as const;
  const steps = [
    { ...step, at: '2026-01-31T11:58:00Z' },
    { ...step, at: '2026-01-31T11:00:00Z', outcome: 'failed', error: 'no memory' } as const,
  ];
  const [, , , head, ...rows] = scalingText([{ ...service, steps }], now).split('\n');
  expect(head).toMatch(/^STEP +AGO +REPLICAS +OUTCOME +BECAUSE$/);
  expect(rows[0]).toMatch(/^web +2 min +1 to 2 +done +cpu is 99%, and is to be 60%$/);
  expect(rows[1]).toMatch(/^web +1 h +1 to 2 +failed: no memory +cpu/);
});
