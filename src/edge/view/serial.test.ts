import { expect, test } from 'vitest';
import { serialAfter } from './serial.ts';

test.each([
  ['the first is the time', undefined, 1_800_000_000.9, 1_800_000_000],
  ['a later time is taken', 1_700_000_000, 1_800_000_000, 1_800_000_000],
  ['a second change in a second counts on', 1_800_000_000, 1_800_000_000, 1_800_000_001],
  ['so does one under a clock that went back', 1_800_000_000, 12, 1_800_000_001],
  ['after the last number comes the first', 2 ** 32 - 1, 0, 0],
  ['in 2106 time wraps around as well', 2 ** 32 - 5, 2 ** 32 + 7, 7],
])('%s', (_, before, seconds, serial) => expect(serialAfter(before, seconds)).toBe(serial));
