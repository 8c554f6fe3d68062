import { expect, test } from 'vitest';
import { Waiting } from './waiting.ts';

test('of one that asks without end little waits, others are heard, and it is heard again later', async () => {
  const waiting = new Waiting();
  const { promise, resolve } = Promise.withResolvers<void>();
  const taken = Array.from({ length: 1000 }, () => waiting.take('mal', () => promise)).filter(Boolean);
  expect(taken.length).toBe(16);
  expect(waiting.take('bob', async () => 'heard')).toBeDefined();
  resolve();
  await Promise.all(taken);
  await expect(waiting.take('mal', () => Promise.reject(new Error('away')))).rejects.toThrow('away');
  expect(waiting.take('mal', async () => 'heard')).toBeDefined();
});
