import { describe, expect, test } from 'vitest';
import { median, ratios, summarize } from './statistics.ts';

describe('statistics', () => {
  test('mean, median and the interval that Student’s t gives', () => {
    const { mean, median: middle, interval } = summarize([1, 2, 3, 4, 10]);
    expect(mean).toBe(4);
    expect(middle).toBe(3);
    // s = 3.5355, t(4) = 2.776: 2.776 × 3.5355 / √5 = 4.389
    expect(interval?.[0]).toBeCloseTo(-0.389, 2);
    expect(interval?.[1]).toBeCloseTo(8.389, 2);
  });
  test('one measurement has no interval', () => {
    expect(summarize([7])).toEqual({ count: 1, mean: 7, median: 7, minimum: 7, maximum: 7 });
  });
  test('the median of an even number lies between the middle two', () => {
    expect(median([4, 1, 3, 2])).toBe(2.5);
  });
  test('ratios are taken round by round', () => {
    expect(ratios([2, 9], [1, 3])).toEqual([2, 3]);
  });
});
