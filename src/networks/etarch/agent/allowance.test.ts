import { expect, test } from 'vitest';
import { Allowance } from './allowance.ts';

test('one that asks without end is heard as often as anybody may ask, and others as ever', () => {
  let now = 0;
  const allowance = new Allowance(() => now);
  const taken = (count: number) =>
    Array.from({ length: count }, () => allowance.take('mal')).filter(Boolean).length;
  expect(taken(1000)).toBe(400);
  expect(allowance.take('bob')).toBe(true);
  now = 1000;
  expect(taken(1000)).toBe(200);
});
