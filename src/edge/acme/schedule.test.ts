import { describe, expect, test } from 'vitest';
import { pauseAfter, RetrySchedule, renewAt } from './schedule.ts';

const minute = 60_000;

test('a certificate is renewed after two thirds of its life, or a little before', () => {
  expect(renewAt({ from: 1000, until: 1000 + 90 * minute }, 0)).toBe(1000 + 60 * minute);
  expect(renewAt({ from: 0, until: 90 * minute }, 1)).toBeCloseTo(55.5 * minute);
});

describe('what failed is tried again', () => {
  const pauses = (unreached: boolean) =>
    [1, 2, 3, 4, 5, 20].map((count) => pauseAfter({ count, unreached }, 0) / 1000);

  test('less and less soon, within five minutes where nobody was reached and within an hour else', () => {
    expect(pauses(true)).toEqual([5, 15, 45, 135, 300, 300]);
    expect(pauses(false)).toEqual([60, 180, 540, 1620, 3600, 3600]);
  });

  test('not by everybody at once', () => {
    expect(pauseAfter({ count: 1, unreached: false }, 1)).toBe(45_000);
  });

  test('never sooner than the server wants, but within a day', () => {
    expect(pauseAfter({ count: 1, unreached: true, retryAfter: 7200 }, 1)).toBe(120 * minute);
    expect(pauseAfter({ count: 1, unreached: true, retryAfter: 999_999_999 }, 0)).toBe(1440 * minute);
  });

  test('after a success as if nothing had been', () => {
    const retry = new RetrySchedule();
    for (let count = 0; count < 3; count++) retry.failed({ unreached: true }, 0, 0);
    expect(retry.until).toBe(45_000);
    retry.succeeded();
    expect(retry.until).toBe(Number.NEGATIVE_INFINITY);
    retry.failed({ unreached: true }, 0, 0);
    expect(retry.until).toBe(5000);
  });
});
