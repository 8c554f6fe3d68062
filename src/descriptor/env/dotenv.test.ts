import { expect, test } from 'vitest';
import { type DotenvProblem, parseDotenv } from './dotenv.ts';

function parse(text: string, outside: Record<string, string> = {}): Record<string, string | undefined> {
  const onProblem = ({ line, message }: DotenvProblem): never => {
    throw new Error(`${line}: ${message}`);
  };
  const assignments = parseDotenv(text, (name) => outside[name], { onProblem, onUnset: () => {} });
  return Object.fromEntries(assignments.map(({ name, value }) => [name, value]));
}

function problems(text: string): DotenvProblem[] {
  const found: DotenvProblem[] = [];
  parseDotenv(text, () => undefined, { onProblem: (problem) => found.push(problem), onUnset: () => {} });
  return found;
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
  ['A=#ff8800', '#ff8800'],
  ['A= #x', '#x'],
  ['A=#1#two', '#1#two'],
  ['A=##', '##'],
  ['A=a #note', 'a'],
  ['A=1 #', '1'],
  ['A=x #y #z', 'x'],
  ['A=a\t#no comment', 'a\t#no comment'],
  ["A='it\\'s'", "it's"],
  ["A='a\\\\b\\n'", 'a\\\\b\\n'],
  ['A="x" #c', 'x'],
  ['A="a\\qb"', 'a\\qb'],
  ['A="\\0101\\101\\012"', 'A\\101\\12'],
  ['A="\\\\$B"', '\\'],
  ['A=$(hostname) $1 5 $', '$(hostname) $1 5 $'],
  ['export\tA=1', '1'],
  ['A=1\nA=2', '2'],
  ['A="x\r\ny"\r\n', 'x\r\ny'],
  ['B="x" A=2', '2'],
  ['A=`ls`', '`ls`'],
  ['A={"x": 1}', '{"x": 1}'],
])('%j', (text, expected) => {
  expect(parse(text)['A']).toBe(expected);
});

test('variables from outside come first', () => {
  expect(parse('B=file\nA=$B', { B: 'outside' })['A']).toBe('outside');
});

test('a bare name takes its value from outside', () => {
  expect(parse('A\n# comment\n\nB=1')).toEqual({ A: undefined, B: '1' });
});

test('names as Compose has them: with dots, hyphens and brackets, beginning with a digit', () => {
  expect(parse('A.b-c=1\n2=2\nx[0]=3\nÉ=4')).toEqual({ 'A.b-c': '1', '2': '2', 'x[0]': '3', É: '4' });
});

test('a malformed line is named, and the rest is read', () => {
  const found: DotenvProblem[] = [];
  const listener = { onProblem: (problem: DotenvProblem) => found.push(problem), onUnset: () => {} };
  const read = parseDotenv('A=1\n?\nB="x\nC=${\n', () => undefined, listener);
  expect(read).toEqual([{ name: 'A', value: '1', line: 1 }]);
  expect(found).toEqual([
    { line: 2, message: '"?" is not NAME=value: a name has letters, digits, "_", "." and "-"' },
    { line: 3, message: 'the closing " of B is missing' },
    { line: 4, message: '"}" is missing after "${"' },
  ]);
});

test.each([
  ['A B=1', '"A B" is not NAME=value: a name holds no white space'],
  ['=1', 'there is no name before the value'],
  ['export =1', 'there is no name before the value'],
  ['A="x"y', 'after the closing " of A there is "y"'],
  ['A=a\0b', 'the value of A holds a NUL, which no variable can'],
  ['A=${B?is needed}', 'the variable B is required: is needed'],
])('%j: %s', (text, message) => {
  expect(problems(text)).toEqual([{ line: 1, message }]);
});

test('a variable that is used and not set is told, with its line', () => {
  const unset: unknown[] = [];
  parseDotenv('A=1\n\nB=$NONE$A', () => undefined, {
    onProblem: () => {},
    onUnset: (name, line) => unset.push([name, line]),
  });
  expect(unset).toEqual([['NONE', 3]]);
});
