import { expect, test } from 'vitest';
import { parseYaml } from './yaml.ts';

test.each([
  ['YAML', 'a:\n  b: [1, 2]\n', { file: 'x', line: 2, column: 10 }],
  ['JSON', '{"a":\n  {"b": [1, 2]}}\n', { file: 'x', line: 2, column: 13 }],
])('%s is read, and says where its values stand', (_, text, place) => {
  const { value, problems, at } = parseYaml(text, 'x');
  expect([value, problems]).toEqual([{ a: { b: [1, 2] } }, []]);
  expect(at(['a', 'b', '1'])).toEqual(place);
});

test.each(['{"a": 1, "a": 2}', '{"a": {"b:": 1, "b:": 1}}', 'a: 1\na: 2'])(
  'a key that comes twice in %s is told of',
  (text) => {
    expect(parseYaml(text, 'x').problems).toMatchObject([{ message: 'Map keys must be unique' }]);
  },
);

test.each(['{a: 1}', '{"a": 1,}', '{"a": 1} # one'])('%s is YAML and no JSON, and is read', (text) => {
  expect(parseYaml(text, 'x')).toMatchObject({ value: { a: 1 }, problems: [] });
});

test.each([
  ['lists', `a: ${'['.repeat(100_000)}`, { line: 1 }],
  ['lists of JSON', `{"a": ${'['.repeat(5000)}${']'.repeat(5000)}}`, { line: 1 }],
  ['lists in lists on one line', `a:\n  ${'- '.repeat(5000)}`, { line: 2 }],
  ['mappings', Array.from({ length: 300 }, (_, depth) => `${' '.repeat(depth)}a:`).join('\n'), {}],
])('%s too deep are refused, with the limit and the place', (_, text, place) => {
  const { value, problems, at } = parseYaml(text, 'x');
  expect(problems).toMatchObject([
    { message: 'values are nested more than 100 deep', at: { file: 'x', ...place } },
  ]);
  expect([value, at(['a']).file]).toEqual([undefined, 'x']);
});

test('as deep as anybody writes is read', () => {
  const text = `{"a": ${'['.repeat(90)}${']'.repeat(90)}}`;
  expect(parseYaml(text, 'x').problems).toEqual([]);
  expect(parseYaml(text.replace('"a"', 'a'), 'x').problems).toEqual([]);
});

test('what would take minutes to parse is refused: more than 2 MiB that is no JSON', () => {
  const { problems } = parseYaml('k: v\n'.repeat(500_000), 'x');
  expect(problems).toMatchObject([
    { message: 'it has more than 2 MiB of YAML in one piece', at: { file: 'x', line: 1, column: 1 } },
  ]);
});

test('ten thousand keys are compared at once, not each with each', () => {
  const keys = Array.from({ length: 10_000 }, (_, index) => `k${index}: v`);
  const { problems } = parseYaml([...keys, 'k7: w'].join('\n'), 'x');
  expect(problems).toEqual([
    { message: 'Map keys must be unique', at: { file: 'x', line: 10_001, column: 1 } },
  ]);
});

test('aliases of aliases are refused before they are followed', () => {
  const levels = Array.from({ length: 9 }, (_, n) => `a${n + 1}: &a${n + 1} [${`*a${n}, `.repeat(9)}]`);
  expect(parseYaml(['a0: &a0 [x]', ...levels].join('\n'), 'x').problems).toMatchObject([
    { message: expect.stringContaining('Excessive alias count') },
  ]);
});

test('a second document is told of', () => {
  expect(parseYaml('a: 1\n---\nb: 2\n', 'x').problems).toMatchObject([
    { message: 'It contains multiple documents' },
  ]);
});
