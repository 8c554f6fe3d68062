import { expect, test } from 'vitest';
import { arrived, begun, isBroken, next } from './watched.ts';

const sent = (count: number, from = begun) => {
  let watched = from;
  for (let at = 0; at < count; at++) watched = next(watched);
  return watched;
};

test('a chain is broken when two probes in a row did not arrive', () => {
  expect(isBroken(sent(2))).toBe(false);
  expect(isBroken(sent(3))).toBe(true);
});

test('one that arrives counts, and one of before does not', () => {
  const waiting = sent(2);
  expect(isBroken(next(arrived(waiting, waiting.number)))).toBe(false);
  expect(isBroken(next(arrived(waiting, waiting.number - 1)))).toBe(true);
});

test('numbers begin again, and are never 0', () => {
  expect(sent(65_535).number).toBe(65_535);
  expect(sent(65_536).number).toBe(1);
});
