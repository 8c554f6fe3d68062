import fc from 'fast-check';
import { expect, test } from 'vitest';
import { tries } from '../../../test/support/tries.ts';
import { type Choice, choose, type MeasuredPath, noChoice } from './choose.ts';

/** What paths may be like, half a second after half a second. */
const moment = fc.array(
  fc.record({
    isUp: fc.boolean(),
    delay: fc.integer({ min: 0, max: 200 }),
    loss: fc.constantFrom(0, 0.01, 0.1),
  }),
  { minLength: 3, maxLength: 3 },
);
const course = fc.array(moment, { minLength: 1, maxLength: 60 });
const tick = 500;

type Moment = readonly { readonly isUp: boolean; readonly delay: number; readonly loss: number }[];

function* follow(
  moments: readonly Moment[],
): Generator<{ paths: MeasuredPath[]; before: Choice; after: Choice; now: number }> {
  let before = noChoice;
  let kept: MeasuredPath[] = [];
  for (const [index, seen] of moments.entries()) {
    const now = index * tick;
    const paths = seen.map((one, id): MeasuredPath => {
      const was = kept[id];
      const hasTurned = was === undefined || was.isUp !== one.isUp;
      const fell = was?.isUp === true && !one.isUp ? 1 : 0;
      return {
        ...one,
        id,
        name: `p${id}`,
        cost: 0,
        since: hasTurned ? now : was.since,
        falls: (was?.falls ?? 0) + fell,
      };
    });
    const after = choose({ paths, before, now });
    yield { paths, before, after, now };
    before = after;
    kept = paths;
  }
}

test('a path that answers is used whenever there is one', () => {
  fc.assert(
    fc.property(course, (moments) => {
      for (const { paths, after } of follow(moments))
        if (paths.some(({ isUp }) => isUp))
          expect(paths.find(({ id }) => id === after.path)?.isUp).toBe(true);
    }),
    tries(1000),
  );
});

test('one that answers is left only for one that was better for three seconds: it never flaps', () => {
  fc.assert(
    fc.property(course, (moments) => {
      let moved = Number.NEGATIVE_INFINITY;
      for (const { paths, before, after, now } of follow(moments)) {
        if (after.path === before.path) continue;
        const isLeft = paths.find(({ id }) => id === before.path)?.isUp === true;
        if (isLeft) expect(now - moved).toBeGreaterThanOrEqual(3000);
        moved = now;
      }
    }),
    tries(1000),
  );
});

test('paths that stay up, and differ by noise alone, are never changed', () => {
  const noise = fc.array(fc.tuple(fc.integer({ min: 20, max: 24 }), fc.integer({ min: 20, max: 24 })), {
    minLength: 2,
  });
  fc.assert(
    fc.property(noise, (delays) => {
      const moments = delays.map((pair) => pair.map((delay) => ({ isUp: true, delay, loss: 0 })));
      const taken = new Set([...follow(moments)].map(({ after }) => after.path));
      expect(taken.size).toBe(1);
    }),
    tries(500),
  );
});
