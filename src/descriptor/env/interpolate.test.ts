import { expect, test } from 'vitest';
import { interpolate } from './interpolate.ts';

const variables: Readonly<Record<string, string>> = { SET: 'value', EMPTY: '', OTHER: 'other' };

function run(text: string, unset: string[] = []): string {
  return interpolate(
    text,
    (name) => variables[name],
    (name) => unset.push(name),
  );
}

test.each([
  ['plain', 'plain'],
  ['$SET', 'value'],
  ['a-$SET-b', 'a-value-b'],
  ['${SET}s', 'values'],
  ['$$SET', '$SET'],
  ['$${SET}', '${SET}'],
  ['${UNSET:-default}', 'default'],
  ['${EMPTY:-default}', 'default'],
  ['${EMPTY-default}', ''],
  ['${UNSET-default}', 'default'],
  ['${SET:-default}', 'value'],
  ['${SET:?needed}', 'value'],
  ['${EMPTY?needed}', ''],
  ['${SET:+yes}', 'yes'],
  ['${EMPTY:+yes}', ''],
  ['${EMPTY+yes}', 'yes'],
  ['${UNSET+yes}', ''],
  ['${UNSET:-${OTHER}}', 'other'],
  ['${UNSET:-${ALSO:-$SET}}', 'value'],
  ['${UNSET:-{"a": 1}}', '{"a": 1}'],
  ['${UNSET:-a:b/c}', 'a:b/c'],
  ['${UNSET-}', ''],
  ['$', '$'],
  ['5 $ each', '5 $ each'],
  ['$(hostname) $1 $! $É', '$(hostname) $1 $! $É'],
  ['^/a$', '^/a$'],
  ['$$$', '$$'],
  ['$$$SET', '$value'],
  ['$SET$', 'value$'],
  ['${UNSET:-$1}', '$1'],
  ['${UNSET:-{}', '{'],
  ['${SET:-{}}', 'value'],
  ['${UNSET:-x}}', 'x}'],
  ['${UNSET:-{}${ALSO:-{}}', '{}{'],
])('%s → %s', (text, expected) => {
  const unset: string[] = [];
  expect(run(text, unset)).toBe(expected);
  expect(unset).toEqual([]);
});

test('a variable that is not set is empty, and noted', () => {
  const unset: string[] = [];
  expect(run('[$UNSET]', unset)).toBe('[]');
  expect(unset).toEqual(['UNSET']);
});

test.each([
  ['${UNSET:?is needed}', 'the variable UNSET is required: is needed'],
  ['${EMPTY:?}', 'the variable EMPTY is required'],
  ['${UNSET:?see $OTHER}', 'the variable UNSET is required: see other'],
  ['${SET', '"}" is missing after "${SET"'],
  ['${}', 'there is no name in "${}"'],
  ['${1A}', 'there is no name in "${1A}"'],
  ['${SET!x}', '"${SET!x}" is not a form of variable'],
])('%s: %s', (text, message) => {
  expect(() => run(text)).toThrow(message);
});
