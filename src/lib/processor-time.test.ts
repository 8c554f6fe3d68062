import { expect, test } from 'vitest';
import { busyCores, parseStat, processorTime } from './processor-time.ts';

test('time of all cores is read, and how many were busy', () => {
  const before = parseStat('cpu  100 0 50 1000 10 5 5 30 0 0\ncpu0 1 2 3\n');
  expect(before).toEqual({ busy: 1.6, stolen: 0.3, all: 12 });
  const after = parseStat('cpu  200 0 150 1200 10 5 5 30 0 0\ncpu0 1 2 3\n');
  expect(busyCores(before, after, 4)).toBe(2);
  expect(busyCores(before, before, 4)).toBe(0);
});

test('this host has done something', () => {
  expect(processorTime().busy).toBeGreaterThan(0);
  expect(processorTime().all).toBeGreaterThanOrEqual(processorTime().busy);
});
