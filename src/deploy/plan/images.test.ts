import { expect, test } from 'vitest';
import { imagesPlan } from './images.ts';

const sources = {
  base: { kind: 'base', registry: 'debian' },
  one: { kind: 'catalogue', folder: '/one', base: 'base' },
  two: { kind: 'catalogue', folder: '/two', base: 'base' },
} as const;
const steps = (present: readonly string[], wanted: readonly string[], noCache = false) =>
  imagesPlan(sources, new Set(present), wanted, noCache).steps;

test('images that are missing are built, and their base before them', () => {
  expect(steps([], ['one']).map(({ subject, after }) => [subject, after])).toEqual([
    ['base', []],
    ['one', ['obtainImage base']],
  ]);
  expect(steps(['base', 'one'], ['one', 'two']).map(({ subject }) => subject)).toEqual(['two']);
});

test('nothing is built that is there, unless it is wanted without the cache', () => {
  expect(steps(['base', 'one', 'two'], ['one', 'two'])).toEqual([]);
  const [step, ...others] = steps(['base', 'one', 'two'], ['one'], true);
  expect(others).toEqual([]);
  expect(step).toMatchObject({ subject: 'one', reason: '--no-cache', args: { source: { noCache: true } } });
});
