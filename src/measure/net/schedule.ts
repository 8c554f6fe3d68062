import type { Test, TestKind, Turn } from './measurement.ts';

/** Of one turn, in seconds: below, a stream has not begun; above, rounds say more. */
export const shortest = 1;
const longest = 10;
/** Under load the first packet may be lost, and TCP sends it again a second later (RFC 6298, 2.1). */
const shortestUnderLoad = 3;
/** Seconds of a turn in which nothing is measured: what it is measured with begins and ends. */
const overhead: Readonly<Record<TestKind, number>> = {
  throughput: 1,
  datagrams: 1,
  latency: 1,
  connections: 1,
  'all-reduce': 5,
  copy: 1,
};

/**
 * All turns, round by round. In each round every path has its turn with a test before the next test, in an order that the seed says:
 * what the host does beside weighs on all. Pure.
 */
export function schedule(
  paths: readonly string[],
  tests: readonly Test[],
  { rounds, seed }: { readonly rounds: number; readonly seed: number },
): Turn[] {
  const next = random(seed);
  return Array.from({ length: rounds }, (_, round) =>
    tests.flatMap((test) => shuffled(paths, next).map((path): Turn => ({ round, path, test }))),
  ).flat();
}

/** Seconds that each turn may measure for all to take so long; the shortest where they take longer even so. Pure. */
export function secondsEach(turns: readonly Turn[], seconds: number): number {
  let each = longest;
  while (each > shortest && secondsOfAll(turns, each) > seconds) each--;
  return each;
}

/** Seconds that all turns take. Pure. */
export function secondsOfAll(turns: readonly Turn[], each: number): number {
  return turns.reduce((sum, { test }) => sum + overhead[test.kind] + secondsOf(test, each), 0);
}

/** Seconds that a turn with a test measures, where each may measure for so many. Pure. */
export function secondsOf(test: Test, each: number): number {
  return test.kind === 'latency' && test.underLoad ? Math.max(each, shortestUnderLoad) : each;
}

/** Fisher and Yates. */
function shuffled<T>(all: readonly T[], next: () => number): T[] {
  const left = [...all];
  return all.flatMap(() => left.splice(Math.floor(next() * left.length), 1));
}

/** Numbers from 0 to 1 that follow from a seed: mulberry32 (Ettinger, public domain). */
function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
