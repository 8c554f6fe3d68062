import { expect, test } from 'vitest';
import { jsonOf, listOf } from './json-of.ts';

test('names and aliases with control characters are read as they are', () => {
  const said = '[{"ifname":"e\x1b[31m","ifalias":"a\\nb\x7f\x00"}]\n';
  expect(jsonOf(said)).toEqual([{ ifname: 'e\x1b[31m', ifalias: 'a\nb\x7f\x00' }]);
});

test('nothing is a list without anything in it', () => {
  expect(listOf(' \n')).toEqual([]);
  expect(listOf('[1,\n2]')).toEqual([1, 2]);
});
