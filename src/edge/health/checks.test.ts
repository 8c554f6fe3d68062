import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { copyOn, serviceOf } from '../../../test/support/site-zone.ts';
import { Checks } from './checks.ts';
import type { Outcome } from './pulse.ts';
import type { Target } from './targets.ts';

let said: string[];
let asked: Map<string, number>;
let answers: Record<string, Outcome>;
const attempt = async ({ key }: Target) => {
  asked.set(key, (asked.get(key) ?? 0) + 1);
  return answers[key] ?? 'open';
};
const checking = (down: string[] = []) =>
  new Checks({
    down,
    attempt,
    changed: (target, isDown, services) => void said.push(`${target} ${isDown ? 'down' : 'up'}: ${services}`),
  });
const web = serviceOf('web', {
  copies: [
    copyOn('b1', 'berlin', { address: '10.2.0.1' }),
    copyOn('m1', 'madrid', { address: '10.3.0.1', verdict: 'spare' }),
  ],
});
const [used, spare] = ['10.2.0.1 8080', '10.3.0.1 8080'] as const;

beforeEach(() => {
  vi.useFakeTimers();
  said = [];
  asked = new Map();
  answers = {};
});
afterEach(() => void vi.useRealTimers());

test('what is used is checked ten times as often as what is spare', async () => {
  const checks = checking();
  checks.set('shop/web', web);
  await vi.advanceTimersByTimeAsync(30_000);
  expect(asked.get(used)).toBeGreaterThan(95);
  expect(asked.get(spare)).toBeLessThan(13);
  checks.close();
});

test('how long it took to connect is told, with the site', async () => {
  const told = new Set<string>();
  const checks = new Checks({
    changed: () => {},
    attempt: async (target) => {
      await new Promise((resolve) => setTimeout(resolve, target.site === 'berlin' ? 20 : 30));
      return target.site === 'berlin' ? 'open' : 'silent';
    },
    connected: ({ site }, milliseconds) => void told.add(`${site} ${milliseconds}`),
  });
  checks.set('shop/web', web);
  await vi.advanceTimersByTimeAsync(400);
  expect([...told]).toEqual(['berlin 20']);
  checks.close();
});

test('a copy whose port closes is down within half a second, and up again when it answers', async () => {
  const checks = checking();
  checks.set('shop/web', web);
  checks.set('shop/www', { ...web, name: 'www' });
  await vi.advanceTimersByTimeAsync(1000);
  answers[used] = 'refused';
  await vi.advanceTimersByTimeAsync(500);
  expect(said).toEqual([`${used} down: shop/web,shop/www`]);
  expect([checks.isDown(used), checks.isDown(spare)]).toEqual([true, false]);
  answers[used] = 'open';
  await vi.advanceTimersByTimeAsync(500);
  expect(said[1]).toBe(`${used} up: shop/web,shop/www`);
  checks.close();
});

test('what nobody leads to any more is not checked any more', async () => {
  const checks = checking();
  for (const key of ['shop/web', 'shop/www']) checks.set(key, web);
  checks.set('shop/www', undefined);
  await vi.advanceTimersByTimeAsync(1000);
  const before = asked.get(used) ?? 0;
  expect(before).toBeGreaterThan(1);
  checks.set('shop/web', undefined);
  await vi.advanceTimersByTimeAsync(5000);
  expect(asked.get(used)).toBe(before);
});

test('what was down before counts as down until it answers', async () => {
  const checks = checking([used]);
  answers[used] = 'refused';
  checks.set('shop/web', web);
  expect(checks.isDown(used)).toBe(true);
  await vi.advanceTimersByTimeAsync(1000);
  expect(checks.down()).toEqual([used]);
  answers[used] = 'open';
  await vi.advanceTimersByTimeAsync(1000);
  expect(checks.down()).toEqual([]);
  checks.close();
});
