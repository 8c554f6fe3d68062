import { expect, test } from 'vitest';
import { most, parseOutputs } from './outputs.ts';

test('outputs are a map of names to plain values, or nothing', () => {
  expect(parseOutputs('')).toEqual({});
  expect(parseOutputs(' \n')).toEqual({});
  expect(parseOutputs('{ "port": 4789, "vip.v4": "10.0.0.1", "is_ready": true }')).toEqual({
    port: 4789,
    'vip.v4': '10.0.0.1',
    is_ready: true,
  });
});

test.each([
  ['done', 'no JSON'],
  ['[1]', 'no map of names to values'],
  ['null', 'no map of names to values'],
  ['{ "": 1 }', 'whose name is none'],
  ['{ "../x": 1 }', 'whose name is none'],
  ['{ "__proto__": 1 }', 'whose name is none'],
  ['{ "a": { "b": 1 } }', 'its output a is no text, number or boolean'],
  ['{ "a": null }', 'its output a is no text, number or boolean'],
  [JSON.stringify({ a: 'x'.repeat(most.characters + 1) }), 'its output a is longer than'],
  [JSON.stringify(Object.fromEntries(Array.from({ length: 101 }, (_, i) => [`a${i}`, 1]))), 'more than 100'],
])('%s is refused', (printed, why) => {
  expect(parseOutputs(printed)).toContain(why);
});

test('what was put out is not quoted when it is refused: it may be a secret', () => {
  expect(parseOutputs('s3cr3t')).not.toContain('s3cr3t');
});
