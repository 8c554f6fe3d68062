import { describe, expect, test } from 'vitest';
import { words } from '../../bpf/words.ts';
import { ruleEntry } from './heads.ts';
import { hopsThrough } from './hops.ts';
import { pastPassages, redirected } from './past.ts';

const ends = { pod: 1, switch: 2 };
const passages = ['fw', 'ids', 'tap'].map((name, at) => ({
  function: name,
  outer: 10 + at,
  inner: 20 + at,
}));
const hops = hopsThrough(ends, passages);

describe('what is led past functions', () => {
  test.each([0, 1, 2])('goes on behind function %i, on either way', (at) => {
    const past = pastPassages(hops, passages.slice(at, at + 1));
    const after = new Map([...hops].map(([from, to]) => [from, past.get(to) ?? to]));
    const left = hopsThrough(ends, passages.toSpliced(at, 1));
    for (const [from, to] of left) expect(after.get(from)).toBe(to);
  });

  test('goes past several in a row, and past all', () => {
    const two = pastPassages(hops, passages.slice(0, 2));
    expect([two.get(10), two.get(11), two.get(20), two.get(21)]).toEqual([12, 12, 2, 2]);
    const all = pastPassages(hops, passages);
    expect([all.get(10), all.get(22)]).toEqual([1, 2]);
  });

  test('stays where nothing leads on', () => {
    const cut = new Map([...hops].filter(([from]) => from !== 20));
    expect(pastPassages(cut, passages.slice(0, 1))).toEqual(new Map([[20, 2]]));
    const round = new Map([
      [10, 20],
      [20, 10],
    ]);
    expect(pastPassages(round, passages.slice(0, 1))).toEqual(new Map());
  });
});

test('only what leads to those ports changes, and of a rule nothing but where it leads', () => {
  const rule = { next: 10, chain: 3, from: 80, to: 90, protocol: 6, at_peer: 1 };
  const key = { port: 2, generation: 7, number: 0 };
  const entries = redirected(
    [{ formatted: { key: 21, value: 10 } }, { formatted: { key: 22, value: 11 } }],
    [
      { formatted: { key, value: rule } },
      { formatted: { key: { ...key, number: 1 }, value: { ...rule, next: 12 } } },
    ],
    new Map([[10, 1]]),
  );
  expect(entries.hops).toEqual([[words(21), words(1)]]);
  expect(entries.rules).toEqual([ruleEntry(key, { ...rule, next: 1 })]);
});
