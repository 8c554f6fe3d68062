import { expect, test } from 'vitest';
import { crossedOf, figuresSince, newEntries, timedTogether, timingsOf } from './figures.ts';

test('what each processor has counted is added up', () => {
  const value = (packets: number) => ({
    entered: { packets, bytes: packets * 100 },
    left: { packets: 1, bytes: 60 },
  });
  const entry = { formatted: { key: 7, values: [{ value: value(2) }, { value: value(3) }] } };
  expect(crossedOf([entry]).get(7)).toEqual({
    entered: { packets: 5, bytes: 500 },
    left: { packets: 2, bytes: 120 },
  });
});

test('timings of several ports become one', () => {
  const counts = new Array<number>(104).fill(0).with(3, 2);
  const value = { begun: 5, sum: 1700, counts, hops: 1, hop_sum: 300 };
  const timing = timingsOf([{ formatted: { key: 7, value } }]).get(7)!;
  expect(timedTogether([timing, timing])).toMatchObject({ begun: 10, sum: 3400, hops: 2, hopSum: 600 });
  expect(timedTogether([timing, timing]).counts[3]).toBe(4);
});

test('a new port has a value in each map, of the size that the kernel wants', () => {
  const bytes = newEntries(258).map(([map, key, value]) => [map, key, value.split(' ').length]);
  expect(bytes).toEqual([
    ['ends', '02 01 00 00', 48],
    ['timings', '02 01 00 00', 448],
    ['airspaces', '02 01 00 00', 264],
  ]);
});

test('since another look, what was there before is taken off; what is new is there as it is', () => {
  const tally = (packets: number) => ({ packets, bytes: packets * 10 });
  const crossed = (packets: number) => ({ entered: tally(packets), left: tally(packets + 1) });
  const timing = (begun: number) => ({
    begun,
    sum: begun * 100,
    counts: [begun],
    hops: begun,
    hopSum: begun,
  });
  const since = figuresSince(
    { crossed: new Map([[1, crossed(5)]]), timings: new Map([[1, timing(2)]]) },
    {
      crossed: new Map([
        [1, crossed(8)],
        [2, crossed(3)],
      ]),
      timings: new Map([[1, timing(3)]]),
    },
  );
  expect(since.crossed.get(1)).toEqual({ entered: tally(3), left: tally(3) });
  expect(since.crossed.get(2)).toEqual(crossed(3));
  expect(since.timings.get(1)).toEqual({ begun: 1, sum: 100, counts: [1], hops: 1, hopSum: 1 });
});
