import { expect, test } from 'vitest';
import { schedule, secondsEach, secondsOfAll } from './schedule.ts';

const paths = ['host', 'ip', 'sdn', 'linux'];
const tests = [
  { kind: 'throughput', streams: 1 },
  { kind: 'latency', size: 64, underLoad: false },
] as const;

test('every path has each test once a round, before the next test begins', () => {
  const turns = schedule(paths, tests, { rounds: 3, seed: 7 });
  expect(turns).toHaveLength(24);
  for (let at = 0; at < turns.length; at += paths.length) {
    const some = turns.slice(at, at + paths.length);
    expect(some.map(({ path }) => path).sort()).toEqual([...paths].sort());
    expect(new Set(some.map(({ round, test }) => `${round} ${test.kind}`)).size).toBe(1);
  }
});

test('the order follows from the seed, and is not the same in all rounds', () => {
  const order = (seed: number) => schedule(paths, tests, { rounds: 4, seed }).map(({ path }) => path);
  expect(order(7)).toEqual(order(7));
  expect(order(7)).not.toEqual(order(8));
  const rounds = new Set(
    Array.from({ length: 8 }, (_, at) =>
      order(7)
        .slice(4 * at, 4 * at + 4)
        .join(),
    ),
  );
  expect(rounds.size).toBeGreaterThan(1);
});

test('turns are as long as the time leaves, within reason', () => {
  const turnsOf = (count: number) => schedule(['host'], tests.slice(0, 1), { rounds: count, seed: 7 });
  expect(secondsEach(turnsOf(60), 600)).toBe(9);
  expect(secondsEach(turnsOf(600), 600)).toBe(1);
  expect(secondsEach(turnsOf(1), 600)).toBe(10);
  expect(secondsOfAll(turnsOf(60), 9)).toBe(600);
  // A training takes longer to begin.
  const ranks = schedule(['host'], [{ kind: 'all-reduce', size: 64 }], { rounds: 10, seed: 7 });
  expect(secondsEach(ranks, 100)).toBe(5);
  // Under load the first packets may be lost.
  const loaded = schedule(['host'], [{ kind: 'latency', size: 64, underLoad: true }], {
    rounds: 10,
    seed: 7,
  });
  expect(secondsOfAll(loaded, 1)).toBe(40);
  expect(secondsEach(loaded, 39)).toBe(1);
  expect(secondsEach(loaded, 59)).toBe(4);
});
