import { expect, test } from 'vitest';
import { lossOf, lostHere, measured, nothingMeasured } from './measure.ts';
import type { LivenessPacket } from './packet.ts';

const packet = (sequence: number, more: Partial<LivenessPacket> = {}) =>
  ({ sequence, echoed: 0, held: 0, lost: 0, ...more }) as LivenessPacket;
const after = (sequences: readonly number[]) =>
  sequences.reduce((kept, sequence) => measured(kept, packet(sequence), 0), nothingMeasured);

test('the delay is the time there and back without what the other held, smoothed', () => {
  const first = measured(nothingMeasured, packet(1, { echoed: 1000, held: 500 }), 21_500);
  expect(first.delay).toBe(20);
  expect(measured(first, packet(2, { echoed: 30_000, held: 0 }), 58_000).delay).toBe(21);
  expect(measured(first, packet(2), 58_000).delay).toBe(20);
});

test('what is missing between what came was lost', () => {
  expect(lostHere(after([1, 2, 3, 4]))).toBe(0);
  expect(lostHere(after([1, 3, 4, 5, 6, 8, 9, 10]))).toBeCloseTo(0.2);
});

test('packets in another order are not lost, and old ones are forgotten', () => {
  expect(lostHere(after([1, 3, 2, 4]))).toBe(0);
  expect(lostHere(after([1, ...Array.from({ length: 200 }, (_, index) => index + 300)]))).toBe(0);
});

test('the direction that loses more counts', () => {
  expect(lossOf(measured(after([1, 2]), packet(3, { lost: 250 }), 0))).toBe(0.25);
});
