import { expect, test } from 'vitest';
import { splitWords } from './words.ts';

test.each([
  ['', []],
  ['  a   b ', ['a', 'b']],
  ['sh -c "echo $X \'y\'"', ['sh', '-c', "echo $X 'y'"]],
  ["a 'b c'd", ['a', 'b cd']],
  ['a "" b', ['a', '', 'b']],
  ['a\\ b c\\"d', ['a b', 'c"d']],
  ['"a\\"b\\n"', ['a"b\\n']],
  ['a\nb', ['a', 'b']],
])('%j', (line, words) => {
  expect(splitWords(line)).toEqual(words);
});

test('a quote that stays open is no command line', () => {
  expect(splitWords('a "b')).toBeUndefined();
  expect(splitWords("a 'b")).toBeUndefined();
});
