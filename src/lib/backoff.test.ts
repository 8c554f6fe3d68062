import { expect, test } from 'vitest';
import { Backoff } from './backoff.ts';

test('doubles up to the longest, and begins anew', () => {
  const backoff = new Backoff(100, 350);
  expect([1, 2, 3, 4].map(() => backoff.next())).toEqual([100, 200, 350, 350]);
  backoff.reset();
  expect(backoff.next()).toBe(100);
});

test('is scattered between half and all', () => {
  const backoff = new Backoff(100, 100);
  for (let count = 0; count < 100; count++) {
    const pause = backoff.nextScattered();
    expect(pause).toBeGreaterThanOrEqual(50);
    expect(pause).toBeLessThanOrEqual(100);
  }
});
