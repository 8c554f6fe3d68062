import { expect, test } from 'vitest';
import { splitWords } from './words.ts';

test.each([
  ['', []],
  ['  a   b ', ['a', 'b']],
  ['sh -c "echo $X \'y\'"', ['sh', '-c', "echo $X 'y'"]],
  ["a 'b c'd", ['a', 'b cd']],
  ['a "" b', ['a', '', 'b']],
  ['a\\ b c\\"d', ['a b', 'c"d']],
  ['"a\\"b\\n" \\n', ['a"bn', 'n']],
  ['$(x y) a`b c` 5$', ['$(x y)', 'a`b c`', '5$']],
  ['a\nb', ['a', 'b']],
])('%j', (line, words) => {
  expect(splitWords(line)).toEqual({ words });
});

test('a quote that stays open is no command line', () => {
  expect(splitWords('a "b')).toBeUndefined();
  expect(splitWords("a 'b")).toBeUndefined();
});

test.each(['a \\', '(a)', 'a $((1))', 'a `b'])('%s is none either', (line) => {
  expect(splitWords(line)).toBeUndefined();
});

test.each([
  ['a && b', ['a'], '&& b'],
  ['echo x; y', ['echo', 'x'], '; y'],
  ['a 2> f', ['a'], '> f'],
  ['a > f', ['a'], '> f'],
])('%s: what a shell would do is left out, as in Compose, and named', (line, words, leftOut) => {
  expect(splitWords(line)).toEqual({ words, leftOut });
});
