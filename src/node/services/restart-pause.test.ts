import { expect, test } from 'vitest';
import { RestartPause } from './restart-pause.ts';

const second = 1000;

test('one that is killed once an hour, or once in ten seconds, comes back at once', () => {
  const pause = new RestartPause();
  const all = [3600, 10, 10, 10, 10, 10, 10, 10, 10].map((ready) => pause.next(ready * second));
  expect(new Set(all)).toEqual(new Set([0]));
});

test('one that fails again and again right after its start waits longer each time, half a minute at most', () => {
  const pause = new RestartPause();
  const all = Array.from({ length: 12 }, (_, index) => pause.next(index % 2 === 0 ? 0 : second));
  expect(all.slice(0, 4)).toEqual([100, 200, 400, 800]);
  expect(all.at(-1)).toBe(30 * second);
});

test('once it was well, its failures are counted anew', () => {
  const pause = new RestartPause();
  for (let failed = 0; failed < 8; failed++) pause.next(0);
  expect(pause.next(2 * second)).toBe(0);
  expect(pause.next(0)).toBe(100);
});
