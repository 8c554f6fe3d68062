import { expect, test } from 'vitest';
import { Pace } from './pace.ts';

test('what is said in a second is the bandwidth’s, and what is at once half of what a switch lets pass', () => {
  let now = 0;
  const pace = new Pace(8000, () => now);
  let atOnce = 0;
  while (pace.due(1000) === 0) atOnce += 1;
  expect(atOnce).toBe(50);
  let sent = 0;
  while (now < 1000) {
    now += pace.due(1000);
    sent += 1;
  }
  expect(sent).toBeGreaterThanOrEqual(999);
  expect(sent).toBeLessThanOrEqual(1001);
});

test('where there is no bandwidth nobody waits', () => {
  const pace = new Pace(undefined);
  for (let count = 0; count < 1000; count++) expect(pace.due(65_535)).toBe(0);
});
