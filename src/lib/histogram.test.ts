import { expect, test } from 'vitest';
import { Histogram } from './histogram.ts';

test('each bucket counts all that is not above its bound, and what is above all of them counts too', () => {
  const histogram = new Histogram([1, 10]);
  for (const value of [0.5, 1, 5, 50]) histogram.add(value);
  expect(histogram.read()).toEqual({
    buckets: [
      { bound: 1, count: 2 },
      { bound: 10, count: 3 },
    ],
    sum: 56.5,
    count: 4,
  });
});

test('before anything was added it says so', () => {
  expect(new Histogram([1]).read()).toEqual({ buckets: [{ bound: 1, count: 0 }], sum: 0, count: 0 });
});
