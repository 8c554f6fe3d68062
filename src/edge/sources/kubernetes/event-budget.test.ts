import { expect, test } from 'vitest';
import { EventBudget } from './event-budget.ts';

const minute = 60_000;

test('about one object so much may be said at once, then a little from time to time; of others it takes nothing', () => {
  const budget = new EventBudget();
  const count = (uid: string, now: number) => {
    let taken = 0;
    while (budget.take(uid, now)) taken++;
    return taken;
  };
  expect(count('a', 0)).toBe(25);
  expect(count('b', 0)).toBe(25);
  expect(count('a', 4 * minute)).toBe(0);
  expect(count('a', 5 * minute)).toBe(1);
  expect(count('a', 16 * minute)).toBe(2);
  budget.giveBack('a');
  expect(count('a', 16 * minute)).toBe(1);
  expect(count('a', 10_000 * minute)).toBe(25);
});
