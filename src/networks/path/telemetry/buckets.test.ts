import fc from 'fast-check';
import { expect, test } from 'vitest';
import { boundOf, buckets, doublings, quantile } from './buckets.ts';

const counts = (...at: readonly (readonly [bucket: number, count: number])[]) => {
  const all = new Array<number>(buckets).fill(0);
  for (const [bucket, count] of at) all[bucket] = count;
  return all;
};

test('buckets rise from 256 ns to 17 s, four for each doubling', () => {
  const bounds = Array.from({ length: buckets }, (_, bucket) => boundOf(bucket));
  expect(bounds.slice(0, 9)).toEqual([256, 512, 768, 1024, 1280, 1536, 1792, 2048, 2560]);
  for (const [at, bound] of bounds.entries()) expect(bound).toBeGreaterThan(bounds[at - 1] ?? 0);
  expect(bounds.at(-1)).toBe(2 ** 27 * 256 * 1);
});

test('a quantile is within the bucket that it falls into', () => {
  expect(quantile(counts(), 0.5)).toBeUndefined();
  expect(quantile(counts([7, 10]), 0.5)).toBe((boundOf(6) + boundOf(7)) / 2);
  // Nine of ten are in the lower.
  expect(quantile(counts([4, 90], [20, 10]), 0.9)).toBe(boundOf(4));
  expect(quantile(counts([4, 90], [20, 10]), 0.99)).toBeGreaterThan(boundOf(19));
});

test('quantiles rise with their share', () => {
  const some = fc.array(fc.nat(1000), { minLength: buckets, maxLength: buckets });
  fc.assert(
    fc.property(some, (all) => {
      const [few, half, most] = [0.1, 0.5, 0.99].map((share) => quantile(all, share) ?? 0);
      expect(few).toBeLessThanOrEqual(half!);
      expect(half).toBeLessThanOrEqual(most!);
    }),
  );
});

test('bounds that double say how many were not above them', () => {
  const told = doublings(counts([0, 1], [4, 2], [103, 4]));
  expect(told[0]).toEqual({ bound: 1024, count: 1 });
  expect(told[1]).toEqual({ bound: 2048, count: 3 });
  expect(told.at(-1)).toEqual({ bound: 2 ** 32, count: 3 });
});
