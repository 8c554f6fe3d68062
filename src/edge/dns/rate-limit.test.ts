import { describe, expect, test } from 'vitest';
import { RateLimiter, type RateLimits } from './rate-limit.ts';

const limits: Partial<RateLimits> = { perSecond: 10, burst: 10, slip: 2 };

function ask(limiter: RateLimiter, address: string, times: number, now = 0): string[] {
  return Array.from({ length: times }, () => limiter.check(address, now));
}

describe('a network of clients', () => {
  test('gets its burst, then every second time a hint to use TCP', () => {
    const verdicts = ask(new RateLimiter(limits), '192.0.2.1', 14);
    expect(verdicts).toEqual([...Array(10).fill('answer'), 'drop', 'slip', 'drop', 'slip']);
  });

  test('gets its rate again as time passes', () => {
    const limiter = new RateLimiter(limits);
    ask(limiter, '192.0.2.1', 10);
    expect(ask(limiter, '192.0.2.1', 3, 200)).toEqual(['answer', 'answer', 'drop']);
  });

  test('gets no more than its burst after a rest', () => {
    const limiter = new RateLimiter(limits);
    ask(limiter, '192.0.2.1', 10);
    expect(ask(limiter, '192.0.2.1', 20, 60_000).filter((one) => one === 'answer')).toHaveLength(10);
  });

  test('loses and gains nothing by a clock that goes back', () => {
    const limiter = new RateLimiter(limits);
    ask(limiter, '192.0.2.1', 5, 1_000);
    expect(ask(limiter, '192.0.2.1', 6, 0).filter((one) => one === 'answer')).toHaveLength(5);
  });

  test.each([
    ['192.0.2.1', '192.0.2.200', true],
    ['192.0.2.1', '192.0.3.1', false],
    ['::ffff:192.0.2.1', '192.0.2.9', true],
    ['2001:db8:0:1200::1', '2001:db8:0:12ff::1', true],
    ['2001:db8:0:1200::1', '2001:db8:0:1300::1', false],
  ])('%s and %s are the same: %s', (one, other, same) => {
    const limiter = new RateLimiter(limits);
    ask(limiter, one, 10);
    expect(limiter.check(other, 0)).toBe(same ? 'drop' : 'answer');
  });
});

test('0 is no limit', () => {
  expect(new Set(ask(new RateLimiter({ perSecond: 0 }), '192.0.2.1', 10_000))).toEqual(new Set(['answer']));
});

test('memory is bounded, however many addresses are forged', () => {
  const limiter = new RateLimiter({ networks: 100 });
  for (let index = 0; index < 10_000; index++) limiter.check(`10.${index >> 8}.${index & 255}.1`, 0);
  expect(limiter.size).toBe(100);
});
