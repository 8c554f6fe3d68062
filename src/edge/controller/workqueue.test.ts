import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Workqueue } from './workqueue.ts';

const done: string[] = [];
let clock = 0;
let workqueue: Workqueue;
/** Work that takes ten milliseconds. */
const work = (what: string) => () => {
  done.push(what);
  clock += 10;
};
beforeEach(() => {
  vi.useFakeTimers();
  vi.spyOn(performance, 'now').mockImplementation(() => clock);
  done.length = 0;
  workqueue = new Workqueue();
});
afterEach(() => {
  workqueue.close();
  vi.restoreAllMocks();
  vi.useRealTimers();
});

test('one piece is done after the other, with pauses nine times as long as the work', () => {
  workqueue.add('oslo', work('oslo'));
  workqueue.add('bonn', work('bonn'));
  expect(done).toEqual([]);
  vi.advanceTimersByTime(1);
  expect(done).toEqual(['oslo']);
  vi.advanceTimersByTime(85);
  expect(done).toHaveLength(1);
  vi.advanceTimersByTime(10);
  expect(done).toEqual(['oslo', 'bonn']);
});

test('what comes again before its turn is done once, as it came last', () => {
  workqueue.add('oslo', work('first'));
  workqueue.add('oslo', work('second'));
  vi.advanceTimersByTime(1000);
  expect(done).toEqual(['second']);
  workqueue.add('oslo', work('third'));
  vi.advanceTimersByTime(1000);
  expect(done).toEqual(['second', 'third']);
});

test('after the end nothing is done', () => {
  workqueue.add('oslo', work('oslo'));
  workqueue.close();
  vi.advanceTimersByTime(1000);
  expect(done).toEqual([]);
});
