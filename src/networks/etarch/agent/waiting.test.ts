import { expect, test } from 'vitest';
import { Waiting } from './waiting.ts';

test('of one that asks without end little waits, others are heard, and it is heard again later', async () => {
  const waiting = new Waiting();
  const { promise, resolve } = Promise.withResolvers<void>();
  const all = Array.from({ length: 1000 }, (_, request) => waiting.take('mal', request, () => promise));
  const taken = all.filter(Boolean);
  expect(taken.length).toBe(16);
  expect(waiting.take('bob', 1, async () => 'heard')).toBeDefined();
  resolve();
  await Promise.all(taken);
  await expect(waiting.take('mal', 1, () => Promise.reject(new Error('away')))).rejects.toThrow('away');
  expect(waiting.take('mal', 1, async () => 'heard')).toBeDefined();
});

test('what is asked again while it is carried out is carried out once, and what is asked later anew', async () => {
  const waiting = new Waiting();
  const { promise, resolve } = Promise.withResolvers<void>();
  const first = waiting.take('bob', 7, () => promise);
  expect(waiting.take('bob', 7, async () => 'twice')).toBeUndefined();
  expect(waiting.take('alice', 7, async () => 'hers')).toBeDefined();
  resolve();
  await first;
  expect(waiting.take('bob', 7, async () => 'anew')).toBeDefined();
});
