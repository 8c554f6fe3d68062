import { expect, test } from 'vitest';
import { processesOf, processFrom } from './leftovers.ts';

test('a process is of a call by its environment, whatever its name', () => {
  const stat = '7 (sh) ) S 3 7 7 0';
  expect(processFrom(7, stat, 'PATH=/bin\0HEDDLE_HOOK_ID=ab\0', 'ab')).toEqual([
    { pid: 7, parent: 3, isMarked: true },
  ]);
  expect(processFrom(7, stat, 'X=HEDDLE_HOOK_ID=ab\0HEDDLE_HOOK_ID=abc\0', 'ab')[0]?.isMarked).toBe(false);
});

test('one that has ended is none', () => {
  expect(processFrom(7, '7 (sh) Z 3 7 7 0', '', 'ab')).toEqual([]);
  expect(processFrom(7, '', '', 'ab')).toEqual([]);
});

test('what a marked one began is of the call as well, and nothing else', () => {
  const one = (pid: number, parent: number, isMarked = false) => ({ pid, parent, isMarked });
  expect(processesOf([one(1, 0), one(5, 6), one(6, 7), one(7, 1, true), one(8, 1)]).sort()).toEqual([
    5, 6, 7,
  ]);
});
