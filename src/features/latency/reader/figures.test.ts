import { describe, expect, test } from 'vitest';
import { figuresOf, median, percentile } from './figures.ts';

const hundred = Array.from({ length: 100 }, (_, i) => i + 1);

test.each([
  [hundred, 50, 50],
  [hundred, 90, 90],
  [hundred, 99, 99],
  [hundred, 100, 100],
  [hundred, 0, 1],
  [[7], 99, 7],
  [[1, 2, 3], 99, 3],
])('the smallest value that so many percent do not exceed', (sorted, percent, value) => {
  expect(percentile(sorted, percent)).toBe(value);
});

test('the median of an even number is the mean of the middle two', () => {
  expect(median([1, 2, 3, 10])).toBe(2.5);
  expect(median([1, 2, 10])).toBe(2);
});

describe('figures', () => {
  test('are milliseconds, over all runs', () => {
    expect(figuresOf([[1_000_000, 3_000_000], [2_000_000]])).toEqual({
      min: 1,
      mean: 2,
      median: 2,
      p90: 3,
      p99: 3,
      max: 3,
      jitter: 2,
    });
  });

  test('know no jitter across a lost packet or from one run to the next', () => {
    expect(figuresOf([[1_000_000, undefined, 9_000_000], [5_000_000]])?.jitter).toBeNull();
  });

  test('are none without a packet', () => {
    expect(figuresOf([[undefined], []])).toBeNull();
  });
});
