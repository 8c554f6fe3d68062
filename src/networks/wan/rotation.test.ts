import { describe, expect, test } from 'vitest';
import { newKeyPair } from './keys.ts';
import type { LinkEnd } from './link-end.ts';
import { knownOf, rotationStep, unaware } from './rotation.ts';

const [current, next] = [newKeyPair(), newKeyPair()];
const end = (knows: Record<string, string>) => ({ knows, keys: { current: 'x' } }) as unknown as LinkEnd;
const linked = (...all: Record<string, string>[]) => all.map((knows) => ({ node: 'n', end: end(knows) }));
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
    expect(of({ keys: { current, since: 1001 } })).toBe('prepare');
  });

  test('is used when all that can be reached know it', () => {
    const keys = { current, next, since: 0 };
    expect(of({ keys })).toBe('wait');
    expect(of({ keys, announced: 900, linked: linked({}, { a: next.publicKey }) })).toBe('wait');
    expect(of({ keys, announced: 900, linked: linked({ a: current.publicKey }) })).toBe('wait');
    expect(of({ keys, announced: 900, linked: linked({ a: next.publicKey }) })).toBe('advance');
    expect(of({ keys, announced: 900 })).toBe('advance');
  });

  test('waits a day for one whose link is up, and says for whom', () => {
    const keys = { current, next, since: 0 };
    const day = 86_400_000;
    expect(of({ keys, announced: 1000, now: day, linked: linked({}) })).toBe('wait');
    expect(of({ keys, announced: 1000, now: day + 1000, linked: linked({}) })).toBe('advance');
    expect(unaware('a', next.publicKey, linked({}, { a: next.publicKey }))).toEqual(['n']);
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
