import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { maglev } from './maglev.ts';
import { tableSize } from './rules.ts';

const backends = fc.uniqueArray(fc.string({ minLength: 1 }), { minLength: 1, maxLength: 100 });

describe('a Maglev table', () => {
  test('gives every backend as many entries as any other, give or take one', () => {
    fc.assert(
      fc.property(backends, (all) => {
        const counts = new Map(all.map((one) => [one, 0]));
        for (const one of maglev(all, tableSize)) counts.set(one, (counts.get(one) as number) + 1);
        expect(Math.max(...counts.values()) - Math.min(...counts.values())).toBeLessThanOrEqual(1);
      }),
    );
  });

  test('is the same whatever the order, and however often one is named', () => {
    fc.assert(
      fc.property(backends, fc.infiniteStream(fc.nat()), (all, keys) => {
        const shuffled = [...all, ...all].map((one) => ({ one, key: keys.next().value as number }));
        shuffled.sort((a, b) => a.key - b.key);
        expect(
          maglev(
            shuffled.map(({ one }) => one),
            tableSize,
          ),
        ).toEqual(maglev(all, tableSize));
      }),
    );
  });

  test('is empty when there is no backend, and all of one when there is one', () => {
    expect(maglev([], tableSize)).toEqual([]);
    expect(new Set(maglev(['a'], tableSize))).toEqual(new Set(['a']));
  });

  // The paper (3.4, 5.3) promises little disruption, not none. Besides the share of the one that goes, or comes:
  test.each([
    [2, 0.001],
    [5, 0.015],
    [10, 0.02],
    [20, 0.02],
    [50, 0.03],
  ])('of %i backends loses or gets one with little else moved: a share of %d of all', (count, little) => {
    const all = Array.from({ length: count }, (_, index) => `10.2.${index}.1 . 8080`);
    const full = maglev(all, tableSize);
    for (const one of all) {
      const rest = maglev(
        all.filter((other) => other !== one),
        tableSize,
      );
      const had = full.filter((entry) => entry === one).length;
      const moved = full.filter((entry, index) => entry !== rest[index]).length;
      expect(moved).toBeGreaterThanOrEqual(had);
      expect((moved - had) / tableSize).toBeLessThan(little);
    }
  });
});
