import { describe, expect, test } from 'vitest';
import { clockRelation, corrected, errorBound } from './clock.ts';
import type { Packet, Run } from './run.ts';

function run(packets: Packet[]): Run {
  return { boot: 'here', start: 0, every: 200, planned: packets.length, missed: 0, packets };
}

/** True delays of 2 and 3 ms, least 1 and 2 ms, measured with a reflector whose clock is 10 s ahead. */
const ahead = 10e9;
const apart = run([
  [2e6 + ahead, 3e6 - ahead],
  [1e6 + ahead, 2.5e6 - ahead],
  'lost',
  [4e6 + ahead, 2e6 - ahead],
]);

describe('one running kernel', () => {
  const relation = clockRelation(run([[1e6, 2e6]]), new Set(['there', 'here']));

  test('is one clock: the delays stand, its resolution is the bound', () => {
    expect(relation).toEqual({ basis: 'same clock', offset: 0, bound: 1 });
    expect(corrected(run([[1e6, 2e6], 'up']), relation)).toEqual([[1e6, 2e6], undefined]);
  });
});

describe('two clocks', () => {
  const relation = clockRelation(apart, new Set(['there']));

  test('are as far apart as leaves no delay negative, and the bound is half the least delays there and back', () => {
    expect(relation).toEqual({ basis: 'delays are positive', offset: ahead - 0.5e6, bound: 1.5e6 });
  });

  test('give delays that are wrong by no more than the bound', () => {
    const delays = corrected(apart, relation);
    expect(delays).toEqual([[2.5e6, 2.5e6], [1.5e6, 2e6], undefined, [4.5e6, 1.5e6]]);
    expect(Math.abs((delays[0]?.[0] ?? 0) - 2e6)).toBeLessThanOrEqual(relation.bound);
  });

  test('that moved against each other bound nothing', () => {
    const moved = run([
      [1e6, 1e6],
      [-5e9, 5e9],
    ]);
    expect(clockRelation(moved, new Set()).basis).toBe('none');
    expect(errorBound([relation, clockRelation(moved, new Set())])).toMatchObject({
      milliseconds: null,
      basis: 'none',
    });
  });
});

test('what holds for several runs is the weakest of them', () => {
  const same = clockRelation(apart, new Set(['here']));
  const two = clockRelation(apart, new Set());
  expect(errorBound([same])).toMatchObject({ milliseconds: 0.000001, basis: 'same clock' });
  expect(errorBound([same, two, same])).toMatchObject({ milliseconds: 1.5, basis: 'delays are positive' });
  expect(errorBound([])).toBeNull();
});
