import { expect, test } from 'vitest';
import type { Group } from './groups.ts';
import { settledGroup, unprovenOf } from './settle.ts';

const names = ['fw-1', 'fw-2', 'fw-3'];
const group = (...active: readonly string[]): Group => ({
  scope: 1,
  place: 0,
  instances: names.map((name, at) => ({ id: at, outer: at, inner: at, isActive: active.includes(name) })),
});
const settled = (before: Group, wanted: readonly string[], ...unproven: readonly string[]) =>
  settledGroup(before, names, new Set(wanted), new Set(unproven))?.instances.flatMap(({ isActive }, at) =>
    isActive ? names[at] : [],
  );

test('an instance that is proven is given new flows', () => {
  expect(settled(group('fw-1'), names)).toEqual(names);
});

test('one that is not proven is given none, and is given none any more', () => {
  expect(settled(group('fw-1'), names, 'fw-3')).toEqual(['fw-1', 'fw-2']);
  expect(settled(group(...names), names, 'fw-3')).toEqual(['fw-1', 'fw-2']);
});

test('one that is to go is given none, once all are proven that take its place', () => {
  expect(settled(group('fw-1'), ['fw-2', 'fw-3'])).toEqual(['fw-2', 'fw-3']);
  expect(settled(group('fw-1'), ['fw-2', 'fw-3'], 'fw-3')).toEqual(['fw-1', 'fw-2']);
});

test('where none is proven all stays as it is', () => {
  expect(settled(group('fw-1'), ['fw-2'], 'fw-2')).toBeUndefined();
  expect(settled(group('fw-1', 'fw-2'), ['fw-1', 'fw-2'])).toBeUndefined();
});

test('a chain that no probe was sent through says nothing of its instances', () => {
  const passing = { interface: 'eth0', family: 'ipv4', direction: 'in', hops: [], took: null } as const;
  const outcome = (chain: string, passings: readonly (typeof passing)[], ...unproven: string[]) => ({
    proof: { chain, passings },
    unproven: new Set(unproven),
  });
  const known = unprovenOf([outcome('front', [passing], 'fw-2'), outcome('back', [])]);
  expect(known).toEqual(new Map([['front', new Set(['fw-2'])]]));
});
