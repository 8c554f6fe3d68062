import fc from 'fast-check';
import { expect, test } from 'vitest';
import { tries } from '../../../test/support/tries.ts';
import type { Changed, Entry } from '../state-manager.ts';
import { Known } from './known.ts';

const keys = ['a', 'b', 'c'];
const changes = fc.array(
  fc.record({ key: fc.constantFrom(...keys), isDeleted: fc.boolean(), isOwn: fc.boolean() }),
  { maxLength: 20 },
);
/** How many changes are told, and whether all is listed then, after each change. */
const lags = fc.array(fc.record({ told: fc.nat(3), isListed: fc.boolean() }), { maxLength: 20 });

/** The state after some changes. */
function stateAfter(history: readonly Changed[]): Map<string, Entry> {
  const state = new Map<string, Entry>();
  for (const changed of history) {
    if ('value' in changed) state.set(changed.key, changed as Entry);
    else state.delete(changed.key);
  }
  return state;
}

test('what this node has changed is known at once, and what is told later sets nothing back', () => {
  fc.assert(
    fc.property(changes, lags, (made, steps) => {
      const history: Changed[] = made.map(({ key, isDeleted }, index) => {
        const revision = index + 2;
        return isDeleted ? { key, revision } : { key, revision, value: revision };
      });
      const known = new Known();
      known.replace({ entries: [], revision: 1 });
      let told = 0;
      made.forEach(({ isOwn }, index) => {
        const changed = history[index] as Changed;
        if (isOwn) {
          known.note([changed]);
          expect(known.get(changed.key)?.revision).toBe('value' in changed ? changed.revision : undefined);
        }
        const { told: more = 0, isListed = false } = steps[index] ?? {};
        if (isListed) {
          told = index + 1;
          const entries = [...stateAfter(history.slice(0, told)).values()];
          known.replace({ entries, revision: told + 1 });
        } else {
          const until = Math.min(index + 1, told + more);
          known.follow(history.slice(told, until));
          told = until;
        }
        const before = stateAfter(history.slice(0, told));
        for (const key of keys) {
          const own = history.slice(0, index + 1).filter((one, at) => one.key === key && made[at]?.isOwn);
          const latest = [before.get(key), ...own].reduce(
            (last, one) => ((one?.revision ?? 0) > (last?.revision ?? 0) ? one : last),
            undefined as Changed | undefined,
          );
          const deletion = history.slice(0, told).findLast((one) => one.key === key);
          const expected = (deletion?.revision ?? 0) > (latest?.revision ?? 0) ? deletion : latest;
          expect(known.get(key)?.value).toBe(expected?.value);
        }
      });
      known.follow(history.slice(told));
      expect(new Set(known.list('').entries)).toEqual(new Set(stateAfter(history).values()));
    }),
    tries(10_000, 300),
  );
});
