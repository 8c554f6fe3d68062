import { expect, test } from 'vitest';
import { type Choice, choose, type MeasuredPath, noChoice } from './choose.ts';

const path = (id: number, more: Partial<MeasuredPath> = {}): MeasuredPath => ({
  id,
  name: `p${id}`,
  isUp: true,
  since: 0,
  delay: 10,
  loss: 0,
  cost: 0,
  falls: 0,
  ...more,
});
const on = (id: number): Choice => ({ path: id, reason: 'before' });
const after = 10_000;

test('before a path has answered there is none', () => {
  const paths = [path(1, { isUp: false })];
  expect(choose({ paths, before: noChoice, now: 0 })).toEqual(noChoice);
});

test('the first is the one that counts for the least: delay, cost and loss', () => {
  for (const worse of [{ delay: 50 }, { cost: 40 }, { loss: 0.04 }])
    expect(choose({ paths: [path(1, worse), path(2)], before: noChoice, now: 0 }).path).toBe(2);
});

test('one that is down is left at once, for any that is up, however young', () => {
  const paths = [path(1, { isUp: false }), path(2, { since: after, falls: 9, delay: 500 })];
  const { path: taken, reason } = choose({ paths, before: on(1), now: after });
  expect(taken).toBe(2);
  expect(reason).toBe('p2: p1 does not answer (500.0 ms, 0.0 % lost)');
});

test('when none answers, the last is used on', () => {
  const paths = [path(1, { isUp: false }), path(2, { isUp: false })];
  expect(choose({ paths, before: on(1), now: after })).toEqual(on(1));
});

test('a better one is taken when it is clearly better, and steadily', () => {
  const paths = [path(1, { delay: 40 }), path(2)];
  const waiting = choose({ paths, before: on(1), now: after });
  expect(waiting).toEqual({ path: 1, reason: 'before', better: { path: 2, since: after } });
  const still = choose({ paths, before: waiting, now: after + 2999 });
  expect(still.path).toBe(1);
  const taken = choose({ paths, before: still, now: after + 3000 });
  expect(taken.path).toBe(2);
  expect(taken.reason).toContain('better than p1 for 3 s (10.0 ms, 0.0 % lost; instead of 40.0 ms');
});

test('one that is a little better is not, nor one that went down lately', () => {
  const little = [path(1, { delay: 12 }), path(2)];
  expect(choose({ paths: little, before: on(1), now: after }).better).toBeUndefined();
  const fallen = [path(1, { delay: 100 }), path(2, { since: after, falls: 3 })];
  expect(choose({ paths: fallen, before: on(1), now: after + 15_999 }).better).toBeUndefined();
  expect(choose({ paths: fallen, before: on(1), now: after + 16_000 }).better).toMatchObject({ path: 2 });
});

test('who is led uses what the other uses, where that answers here', () => {
  const paths = [path(1), path(2, { delay: 90 })];
  const led = { by: 'a', path: 2 };
  expect(choose({ paths, before: on(1), now: after, led })).toEqual({ path: 2, reason: 'p2: a uses it' });
  const deaf = [path(1), path(2, { isUp: false })];
  expect(choose({ paths: deaf, before: on(1), now: after, led }).path).toBe(1);
});

test('one that was used before the node started is waited for, for a second', () => {
  const before: Choice = { ...on(1), isInherited: true };
  const silent = path(1, { isUp: false });
  expect(choose({ paths: [silent], before, now: 0 })).toEqual(before);
  const paths = [silent, path(2, { since: 500 })];
  expect(choose({ paths, before, now: 1499 })).toEqual(before);
  expect(choose({ paths, before, now: 1500 }).path).toBe(2);
  const heard = choose({ paths: [path(1), path(2)], before, now: 600 });
  expect(heard).toEqual(on(1));
  expect(choose({ paths, before: heard, now: 700 }).path).toBe(2);
});
