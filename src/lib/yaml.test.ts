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
