import { expect, test } from 'vitest';
import { proposalOf, type Reading } from './proposal.ts';

/** CPU of replicas in cores, to be 0.5 each. */
const reading = (total: number, counted: number, rest: Partial<Reading> = {}): Reading => ({
  metric: 'cpu',
  target: 0.5,
  total,
  counted,
  starting: 0,
  missing: 0,
  ...rest,
});

test.each([
  ['as many as bring it to its target', reading(1.6, 2), 2, 4],
  ['fewer where fewer do', reading(0.4, 4), 4, 1],
  ['none at all where there is nothing to do: the bounds say how many stay', reading(0, 2), 2, 0],
  ['exactly as many, whatever a division leaves', reading(0.1 + 0.2 + 0.7, 4), 4, 2],
  ['no change within a tenth above', reading(1.09, 2), 2, 2],
  ['no change within a tenth below', reading(0.91, 2), 2, 2],
])('a metric asks for %s', (_what, seen, current, replicas) => {
  expect(proposalOf(seen, current)).toBe(replicas);
});

test('replicas that have just started do nothing, or just enough', () => {
  // Two starting ones will take their part of what two do now.
  expect(proposalOf(reading(1.6, 2, { starting: 2 }), 4)).toBe(4);
  expect(proposalOf(reading(2.8, 2, { starting: 2 }), 4)).toBe(6);
  expect(proposalOf(reading(0.2, 1, { starting: 3 }), 4)).toBe(4);
  expect(proposalOf(reading(0.1, 3, { starting: 1 }), 4)).toBe(2);
});

test('while one is missing there are not fewer, and more only if the others alone need them', () => {
  expect(proposalOf(reading(0.1, 3, { missing: 1 }), 4)).toBe(4);
  expect(proposalOf(reading(1.2, 2, { missing: 2 }), 4)).toBe(4);
  expect(proposalOf(reading(4, 2, { missing: 2 }), 4)).toBe(8);
});

test.each([
  [reading(Number.NaN, 2)],
  [reading(Number.POSITIVE_INFINITY, 2)],
  [reading(-1, 2)],
  [reading(0, 0, { missing: 2 })],
  [reading(0, 0, { starting: 2 })],
])('what is no figure asks for nothing: %o', (seen) => {
  expect(proposalOf(seen, 2)).toBeUndefined();
});
