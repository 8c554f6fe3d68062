import { expect, test } from 'vitest';
import { type DotenvProblem, parseDotenv } from './dotenv.ts';

function parse(text: string, outside: Record<string, string> = {}): Record<string, string | undefined> {
  const fail = ({ line, message }: DotenvProblem): never => {
    throw new Error(`${line}: ${message}`);
  };
  const assignments = parseDotenv(text, (name) => outside[name], fail);
  return Object.fromEntries(assignments.map(({ name, value }) => [name, value]));
}

test.each([
  ['A=1', '1'],
  ['A = 1 ', '1'],
  ['export A=1', '1'],
  ['A: 1', '1'],
  ['A=', ''],
  ['A=a b # comment', 'a b'],
  ['A=a#b', 'a#b'],
  ['A="a # b" # comment', 'a # b'],
  ["A='$B ${C}'", '$B ${C}'],
  ['A="line\\nnext\\t\\"x\\""', 'line\nnext\t"x"'],
  ['A="\\$B"', '$B'],
  ['A="two\nlines"', 'two\nlines'],
  ["A='two\nlines'", 'two\nlines'],
  ['\uFEFFA=1\r\n', '1'],
  ['A=x=y', 'x=y'],
  ['B=1\nA=${B}2', '12'],
  ['A=${NONE:-default}', 'default'],
  ['A=$$x', '$x'],
])('%j', (text, expected) => {
  expect(parse(text)['A']).toBe(expected);
});

test('variables from outside come first', () => {
  expect(parse('B=file\nA=$B', { B: 'outside' })['A']).toBe('outside');
});

test('a bare name takes its value from outside', () => {
  expect(parse('A\n# comment\n\nB=1')).toEqual({ A: undefined, B: '1' });
});

test('a malformed line is named, and the rest is read', () => {
  const found: DotenvProblem[] = [];
  const read = parseDotenv(
    'A=1\n?\nB="x\nC=${\n',
    () => undefined,
    (problem) => found.push(problem),
  );
  expect(read).toEqual([{ name: 'A', value: '1', line: 1 }]);
  expect(found).toEqual([
    { line: 2, message: '"?" is not NAME=value' },
    { line: 3, message: 'the closing " of B is missing' },
    { line: 4, message: '"}" is missing after "${"' },
  ]);
});
