import fc from 'fast-check';
import { expect, test } from 'vitest';
import { tries } from '../../../test/support/tries.ts';
import { CompleteChanges } from './complete-changes.ts';
import { encode } from './keys.ts';

const base = '/heddle/';
/** How many changes each revision has, and after how many the parts end. */
const history = fc.array(fc.integer({ min: 1, max: 4 }), { maxLength: 20 });
const cuts = fc.array(fc.integer({ min: 1, max: 5 }), { maxLength: 40 });

test('changes are told once, in order, and no revision in part, however they are cut', () => {
  fc.assert(
    fc.property(history, cuts, (sizes, lengths) => {
      const all = sizes.flatMap((size, index) =>
        Array.from({ length: size }, (_, n) => ({ key: `${n}`, revision: index + 1, value: n })),
      );
      const complete = new CompleteChanges(base);
      const told: unknown[] = [];
      let at = 0;
      while (at < all.length) {
        const end = Math.min(all.length, at + (lengths.shift() ?? all.length));
        const events = all.slice(at, end).map(({ key, revision, value }) => ({
          type: 'PUT' as const,
          kv: { key: encode(base + key), value: encode(`${value}`), mod_revision: revision },
        }));
        told.push(...complete.push({ events, fragment: end < all.length }));
        at = end;
        const last = all[told.length - 1]?.revision;
        expect(last === undefined || all[told.length]?.revision !== last).toBe(true);
      }
      expect(told).toEqual(all);
    }),
    tries(10_000, 200),
  );
});
