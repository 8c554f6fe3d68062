import { expect, test } from 'vitest';
import { progress, rank } from '../../../test/support/job-ranks.ts';
import { type StepSample, sampled, sentBy, stepOf, stepSeconds, stepsOf, timesOf } from './figures.ts';

const times = (compute: number, network: number, data: number) => ({ compute, network, data });

test('the time in operations of the rank that waited least is the network’s, and the rest of the others’ is waiting', () => {
  const ranks = [
    rank(0, { progress: progress(3, { times: times(6, 4, 0) }) }),
    rank(1, { progress: progress(3, { times: times(8, 1, 1) }) }),
  ];
  expect(timesOf(ranks)).toEqual({ compute: 7, network: 1, waiting: 1.5, data: 0.5 });
  expect(timesOf([...ranks, rank(2)])).toBeNull();
  expect(timesOf([])).toBeNull();
});

test('a job is as far as the rank that is least far', () => {
  const ranks = [rank(0, { progress: progress(4) }), rank(1, { progress: progress(3, { steps: 9 }) })];
  expect(stepOf(ranks)).toBe(3);
  expect(stepsOf(ranks)).toBe(9);
  expect(stepOf([...ranks, rank(2)])).toBeNull();
});

test('a step takes what the last ones took; one that goes back begins anew', () => {
  let samples: readonly StepSample[] = [];
  for (const [at, step] of [
    [0, 1],
    [500, 1],
    [1000, 3],
    [2000, 5],
  ] as const)
    samples = sampled(samples, at, step);
  expect(stepSeconds(samples)).toBe(0.5);
  expect(sampled(samples, 3000, 2)).toEqual([{ at: 3000, step: 2 }]);
  // One that takes longer than what is looked at.
  expect(stepSeconds(sampled(samples, 42_000, 6))).toBe(40);
  expect(stepSeconds([])).toBeNull();
  expect(sampled(samples, 3000, null)).toEqual([]);
});

test('what ranks sent is known when it is of all', () => {
  expect(sentBy([rank(0, { sent: 5 }), rank(1, { sent: 7 })])).toBe(12);
  expect(sentBy([rank(0, { sent: 5 }), rank(1)])).toBeNull();
});
