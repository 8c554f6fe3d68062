import { expect, test } from 'vitest';
import { blockBytes, limitOf } from './figures.ts';

test('bytes of block devices are summed up, in either version of control groups', () => {
  const two = '8:0 rbytes=10 wbytes=20 rios=1 wios=2 dbytes=0 dios=0\n8:16 rbytes=1 wbytes=2\n';
  expect(blockBytes(two)).toEqual({ read: 11, written: 22 });
  const one = '8:0 Read 10\n8:0 Write 20\n8:0 Sync 30\n8:0 Total 30\n8:16 Read 1\n8:16 Write 2\nTotal 33\n';
  expect(blockBytes(one)).toEqual({ read: 11, written: 22 });
  expect(blockBytes('')).toEqual({ read: 0, written: 0 });
});

test('no limit is the memory that there is', () => {
  expect(limitOf('max\n', 1000)).toBe(1000);
  expect(limitOf('9223372036854771712\n', 1000)).toBe(1000);
  expect(limitOf('512\n', 1000)).toBe(512);
  expect(limitOf('', 1000)).toBe(1000);
});
