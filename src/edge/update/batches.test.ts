import { expect, test } from 'vitest';
import { batches } from './batches.ts';

const records = (count: number, length: number) => Array.from({ length: count }, () => Buffer.alloc(length));
const sizes = (groups: Buffer[][]) => [...batches(groups)].map((batch) => batch.map(({ length }) => length));

test('few records go in one message', () => {
  expect(sizes([records(2, 10), records(1, 20)])).toEqual([[10, 10, 20]]);
});

test('no records are no message', () => expect(sizes([[], []])).toEqual([]));

test('the records of one name stay together', () => {
  expect(sizes([records(1, 40_000), records(3, 10_000)])).toEqual([[40_000], [10_000, 10_000, 10_000]]);
});

test('what fits in no message is parted', () => {
  const parted = sizes([records(1, 100), records(9, 20_000)]);
  expect(parted.map((batch) => batch.length)).toEqual([3, 3, 3, 1]);
});
