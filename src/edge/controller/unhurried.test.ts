import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Unhurried } from './unhurried.ts';

const done: string[] = [];
let clock = 0;
let unhurried: Unhurried;
/** Work that takes ten milliseconds. */
const work = (what: string) => () => {
  done.push(what);
  clock += 10;
};
beforeEach(() => {
  vi.useFakeTimers();
  vi.spyOn(performance, 'now').mockImplementation(() => clock);
  done.length = 0;
  unhurried = new Unhurried();
});
afterEach(() => {
  unhurried.close();
  vi.restoreAllMocks();
  vi.useRealTimers();
});

test('one piece is done after the other, with pauses nine times as long as the work', () => {
  unhurried.add('oslo', work('oslo'));
  unhurried.add('bonn', work('bonn'));
  expect(done).toEqual([]);
  vi.advanceTimersByTime(1);
  expect(done).toEqual(['oslo']);
  vi.advanceTimersByTime(85);
  expect(done).toHaveLength(1);
  vi.advanceTimersByTime(10);
  expect(done).toEqual(['oslo', 'bonn']);
});

test('what comes again before its turn is done once, as it came last', () => {
  unhurried.add('oslo', work('first'));
  unhurried.add('oslo', work('second'));
  vi.advanceTimersByTime(1000);
  expect(done).toEqual(['second']);
  unhurried.add('oslo', work('third'));
  vi.advanceTimersByTime(1000);
  expect(done).toEqual(['second', 'third']);
});

test('after the end nothing is done', () => {
  unhurried.add('oslo', work('oslo'));
  unhurried.close();
  vi.advanceTimersByTime(1000);
  expect(done).toEqual([]);
});
