import { expect, test } from 'vitest';
import { entrances, type Group, groupEntry, readGroups } from './groups.ts';

const group: Group = {
  scope: 0xfedcba98,
  place: 2,
  elder: { id: 7, until: 2 ** 33 + 5 },
  instances: [
    { id: 7, outer: 11, inner: 12, isActive: false },
    { id: 8, outer: 21, inner: 22, isActive: true },
  ],
};

test('is said to the kernel in words, the least byte first, with room for sixteen instances', () => {
  const [key, value] = groupEntry(5, group);
  expect(key).toBe('05 00 00 00');
  const bytes = value.split(' ');
  expect(bytes).toHaveLength(32 + 16 * 12);
  const wordAt = (at: number) =>
    Number.parseInt(
      bytes
        .slice(4 * at, 4 * at + 4)
        .reverse()
        .join(''),
      16,
    );
  expect(Array.from({ length: 14 }, (_, at) => wordAt(at))).toEqual([
    0xfedcba98, 2, 2, 0b10, 7, 0, 5, 2, 7, 11, 12, 8, 21, 22,
  ]);
});

test('is read as it was said', () => {
  const none = { id: 0, outer: 0, inner: 0 };
  const instances = [...group.instances.map(({ isActive: _, ...one }) => one), none, none];
  const value = {
    scope: group.scope,
    place: 2,
    count: 2,
    active: 2,
    elder: 7,
    elder_until: 2 ** 33 + 5,
    instances,
  };
  expect(readGroups([{ formatted: { key: 5, value } }])).toEqual(new Map([[5, group]]));
});

test('is entered by numbers that no interface has, another from each side', () => {
  const { outer, inner } = entrances(5);
  expect(outer).toBe(2 ** 31 + 5);
  expect(inner).toBe(2 ** 31 + 2 ** 30 + 5);
});
