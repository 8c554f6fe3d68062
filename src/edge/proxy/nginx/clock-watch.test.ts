import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { ClockWatch } from './clock-watch.ts';

let step: number;
let back: number;
let watch: ClockWatch;
beforeEach(() => {
  vi.useFakeTimers();
  [step, back] = [0, 0];
  const clock = { wall: () => Date.now() + step, steady: () => performance.now() };
  watch = new ClockWatch(() => back++, clock);
});
afterEach(() => {
  watch.close();
  vi.useRealTimers();
});

test('a clock that is set back is noticed once, each time', () => {
  vi.advanceTimersByTime(10_000);
  expect(back).toBe(0);
  step = -3_600_000;
  vi.advanceTimersByTime(10_000);
  expect(back).toBe(1);
  step -= 2000;
  vi.advanceTimersByTime(10_000);
  expect(back).toBe(2);
});

test('one that is set forth, or slewed, is as it was', () => {
  step = 3_600_000;
  vi.advanceTimersByTime(10_000);
  for (let count = 0; count < 100; count++) {
    step -= 5;
    vi.advanceTimersByTime(1000);
  }
  expect(back).toBe(0);
});
