import { expect, test } from 'vitest';
import { parseBoolean, parseBytes, parseDuration } from './units.ts';

test.each([
  ['1m30s', 90_000],
  ['200ms', 200],
  ['1.5h', 5_400_000],
  ['2d', 172_800_000],
  ['500us', 0.5],
  ['0', 0],
  ['0s', 0],
  ['', undefined],
  ['5', undefined],
  ['s', undefined],
  ['5s x', undefined],
  ['-1s', undefined],
])('duration %j', (written, milliseconds) => {
  expect(parseDuration(written)).toBe(milliseconds);
});

test.each([
  ['64M', 64 * 1024 ** 2],
  ['1gb', 1024 ** 3],
  ['1.5g', 1.5 * 1024 ** 3],
  ['1GiB', 1024 ** 3],
  ['512k', 512 * 1024],
  ['10b', 10],
  ['4096', 4096],
  [4096, 4096],
  ['-1', undefined],
  ['1x', undefined],
  ['', undefined],
])('size %j', (written, bytes) => {
  expect(parseBytes(written)).toBe(bytes);
});

test('booleans as variables hold them', () => {
  expect(['true', 'Yes', 'on', 'false', 'NO', '', 'maybe'].map(parseBoolean)).toEqual([
    ...[true, true, true, false, false],
    ...[undefined, undefined],
  ]);
});
