import fc from 'fast-check';
import { expect, test } from 'vitest';
import { tries } from '../../../../test/support/tries.ts';
import { answered, leastMtu, type MtuSearch, newSearch, nextTrial } from './mtu-search.ts';

/** Runs a search on a path that takes packets up to a size. @returns the search, and the time when nothing more is to be found */
function run(
  search: MtuSearch,
  most: number,
  takes: number,
  from: number,
): { search: MtuSearch; now: number } {
  let [state, now] = [search, from];
  for (let step = 0; step < 200; step++, now += 50) {
    const { search: tried, size } = nextTrial(state, most, now);
    state = size !== undefined && size <= takes ? answered(tried, size, now) : tried;
  }
  return { search: state, now };
}

test('what a path takes is found to four bytes, and what it takes no more is noticed', () => {
  const sizes = fc.integer({ min: leastMtu, max: 9000 });
  fc.assert(
    fc.property(sizes, sizes, sizes, (most, first, second) => {
      const takes = [first, second].map((one) => Math.min(most, one));
      const [before = 0, after = 0] = takes;
      const one = run(newSearch(most, 0), most, before, 0);
      expect(one.search.found).toBeLessThanOrEqual(before);
      expect(one.search.found).toBeGreaterThanOrEqual(before - 4);
      if (after >= before) return;
      const two = run(one.search, most, after, one.now + 6000);
      expect(two.search.found).toBeLessThanOrEqual(after);
      expect(two.search.found).toBeGreaterThanOrEqual(after - 4);
    }),
    tries(300),
  );
});

test('the whole of the uplink is tried first: that passes nearly everywhere', () => {
  const { search, size } = nextTrial(newSearch(1500, 0), 1500, 0);
  expect(size).toBe(1500);
  expect(answered(search, 1500, 10).found).toBe(1500);
});

test('what was not tried is not believed', () => {
  const { search } = nextTrial(newSearch(1400, 0), 1400, 0);
  for (const size of [1300, 1500, 65_535]) expect(answered(search, size, 10).found).toBeUndefined();
});

test('on a path that loses packets, what passes is not given up, or is found again within seconds', () => {
  const settled = run(newSearch(1500, 0), 1500, 1500, 0);
  const after = (lost: number, milliseconds: number) => {
    let [search, left] = [settled.search, lost];
    for (let now = settled.now; now < settled.now + milliseconds; now += 50) {
      const tried = nextTrial(search, 1500, now);
      search = tried.search;
      if (tried.size !== undefined && --left < 0) search = answered(search, tried.size, now);
    }
    return search.found;
  };
  for (const lost of [1, 3, 7]) expect(after(lost, 10_000)).toBe(1500);
  expect(after(8, 12_000)).toBeLessThan(1500);
  expect(after(8, 30_000)).toBe(1500);
});

test('a path on which answers take long is searched as well', () => {
  let search = newSearch(1500, 0);
  let answers: { readonly at: number; readonly size: number }[] = [];
  for (let now = 0; now < 60_000; now += 50) {
    for (const { size } of answers.filter(({ at }) => at <= now)) search = answered(search, size, now);
    answers = answers.filter(({ at }) => at > now);
    const tried = nextTrial(search, 1500, now, 900);
    search = tried.search;
    if (tried.size !== undefined && tried.size <= 1400) answers.push({ at: now + 900, size: tried.size });
  }
  expect(search.found).toBeGreaterThanOrEqual(1396);
  expect(search.found).toBeLessThanOrEqual(1400);
});
