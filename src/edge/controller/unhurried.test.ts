import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Unhurried } from './unhurried.ts';

const looked: string[] = [];
let clock = 0;
let unhurried: Unhurried;
beforeEach(() => {
  vi.useFakeTimers();
  looked.length = 0;
  unhurried = new Unhurried((site, others) => {
    looked.push(`${site}: ${others.join(' ')}`);
    // The look takes ten milliseconds.
    clock += 10;
  });
  vi.spyOn(performance, 'now').mockImplementation(() => clock);
});
afterEach(() => {
  unhurried.close();
  vi.restoreAllMocks();
  vi.useRealTimers();
});

test('one site is looked at after the other, with pauses nine times as long as the looks', () => {
  unhurried.add(
    new Map([
      ['oslo', ['bonn']],
      ['bonn', ['oslo']],
    ]),
  );
  expect(looked).toEqual([]);
  vi.advanceTimersByTime(1);
  expect(looked).toEqual(['oslo: bonn']);
  vi.advanceTimersByTime(85);
  expect(looked).toHaveLength(1);
  vi.advanceTimersByTime(10);
  expect(looked).toEqual(['oslo: bonn', 'bonn: oslo']);
});

test('what changes several times before its turn is looked at once', () => {
  unhurried.add(new Map([['oslo', ['bonn']]]));
  unhurried.add(new Map([['oslo', ['bonn', 'rome']]]));
  vi.advanceTimersByTime(1000);
  expect(looked).toEqual(['oslo: bonn rome']);
  unhurried.add(new Map([['oslo', ['bonn']]]));
  vi.advanceTimersByTime(1000);
  expect(looked).toEqual(['oslo: bonn rome', 'oslo: bonn']);
});

test('after the end nothing is looked at', () => {
  unhurried.add(new Map([['oslo', ['bonn']]]));
  unhurried.close();
  vi.advanceTimersByTime(1000);
  expect(looked).toEqual([]);
});
