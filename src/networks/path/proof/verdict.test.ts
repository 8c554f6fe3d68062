import { describe, expect, test } from 'vitest';
import type { Stop } from './stops.ts';
import { isWhole, type Sighting, verdictOf } from './verdict.ts';

const stops: Stop[] = [
  { kind: 'sent', port: 1 },
  { kind: 'entered', function: 'fw', port: 2 },
  { kind: 'left', function: 'fw', port: 3 },
  { kind: 'entered', function: 'ids', port: 4 },
  { kind: 'left', function: 'ids', port: 5 },
  { kind: 'arrived', port: 6 },
];
const at = (port: number, microseconds: number): Sighting => ({
  port,
  isEnd: port === 6,
  at: BigInt(microseconds) * 1000n,
});
const whole = [at(1, 0), at(2, 10), at(3, 14), at(4, 20), at(5, 23), at(6, 30)];
const without = (...ports: number[]) => whole.filter(({ port }) => !ports.includes(port));
const failureOf = (sightings: readonly Sighting[]) =>
  verdictOf(stops, sightings, (port) => `port ${port}`).failure;

test('a probe that was seen at every stop once, in order, and nowhere else, is a proof', () => {
  expect(isWhole(stops, whole)).toBe(true);
  expect(verdictOf(stops, whole, String)).toEqual({
    took: 30,
    hops: [
      { function: 'fw', entered: true, left: true, after: 10, took: 4 },
      { function: 'ids', entered: true, left: true, after: 20, took: 3 },
    ],
  });
});

test('the order in which sightings are read does not matter', () => {
  expect(failureOf(whole.toReversed())).toBeUndefined();
});

describe('it is none, and where it failed is said,', () => {
  test('when it came nowhere', () => {
    expect(failureOf([])).toBe('it did not come to the patch panel');
  });

  test('when a function kept it', () => {
    expect(failureOf(without(5, 6))).toBe('ids did not let it through');
    expect(failureOf(without(3, 4, 5, 6))).toBe('fw did not let it through');
  });

  test('when it went around a function', () => {
    expect(failureOf(without(4, 5))).toBe('it did not get into ids');
    expect(failureOf(without(4))).toBe('it did not get into ids');
  });

  test('when it got lost', () => {
    expect(failureOf(without(6))).toBe('it was lost behind ids');
    expect(failureOf(without(2, 3, 4, 5, 6))).toBe('it did not get into fw');
  });

  test('when a function sent it back', () => {
    expect(failureOf([...without(5, 6), at(9, 22)])).toBe('ids did not hand it on: it came out at port 9');
  });

  test('when it was seen elsewhere as well', () => {
    expect(failureOf([...whole, at(9, 25)])).toBe('it was seen at port 9 as well, which is not on its way');
  });

  test('when it came twice', () => {
    expect(failureOf([...whole, at(5, 24), at(6, 31)])).toBe('it was seen more than once behind ids');
  });

  test('when it came in another order', () => {
    const swapped = [at(1, 0), at(4, 10), at(5, 14), at(2, 20), at(3, 23), at(6, 30)];
    expect(failureOf(swapped)).toBe('it was seen in ids before it was behind fw');
  });
});
