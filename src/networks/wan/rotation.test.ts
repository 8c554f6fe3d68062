import { describe, expect, test } from 'vitest';
import { newKeyPair } from './keys.ts';
import type { LinkEnd } from './link-end.ts';
import { knownOf, rotationStep } from './rotation.ts';

const [current, next] = [newKeyPair(), newKeyPair()];
const end = (knows: Record<string, string>) => ({ knows, keys: { current: 'x' } }) as unknown as LinkEnd;
const of = (more: object) =>
  rotationStep({
    keys: { current, since: 0 },
    now: 1000,
    age: 5000,
    announced: undefined,
    here: 'a',
    linked: [],
    ...more,
  });

test('what a node says to know is never more than others take', () => {
  const changing = { keys: { current: 'x', next: next.publicKey } } as unknown as LinkEnd;
  const all = new Map(Array.from({ length: 5000 }, (_, index) => [`n${index}`, changing] as const));
  expect(Object.keys(knownOf(all))).toHaveLength(1000);
});

describe('a key', () => {
  test('is kept until it is old', () => {
    expect(of({})).toBe('none');
    expect(of({ now: 5000 })).toBe('prepare');
  });

  test('is used when all that can be reached know it', () => {
    const keys = { current, next, since: 0 };
    expect(of({ keys })).toBe('wait');
    expect(of({ keys, announced: 900, linked: [end({}), end({ a: next.publicKey })] })).toBe('wait');
    expect(of({ keys, announced: 900, linked: [end({ a: current.publicKey })] })).toBe('wait');
    expect(of({ keys, announced: 900, linked: [end({ a: next.publicKey })] })).toBe('advance');
    expect(of({ keys, announced: 900 })).toBe('advance');
  });

  test('is used after a while when one of them does not say so', () => {
    const keys = { current, next, since: 0 };
    expect(of({ keys, announced: 1000, now: 16_000, linked: [end({})] })).toBe('advance');
  });

  test('of another that changes its own is said to be known', () => {
    const changing = { keys: { current: 'x', next: next.publicKey } } as unknown as LinkEnd;
    expect(
      knownOf(
        new Map([
          ['b', changing],
          ['c', end({})],
        ]),
      ),
    ).toEqual({ b: next.publicKey });
  });
});
