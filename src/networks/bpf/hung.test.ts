import { expect, test } from 'vitest';
import { answersOf } from './hung.ts';

test('what hangs at interfaces is read from what tc prints, a line for each', () => {
  const filter = (id: number) =>
    `{"protocol":"all","pref":48,"kind":"bpf","chain":0,"options":{"handle":"0x1","prog":{"id":${id},"name":"pass"}}}`;
  const chain = '{"protocol":"all","pref":48,"kind":"bpf","chain":0}';
  const text = `[${chain},${filter(7)},${filter(9)}]\n[]\n[${chain},${filter(7)}]\n`;
  expect(answersOf(text)).toEqual([new Set([7, 9]), new Set(), new Set([7])]);
});
