import * as fc from 'fast-check';
import { test } from 'vitest';
import { tries } from '../../../test/support/tries.ts';
import { decide, type Memory } from './decide.ts';
import type { Reading } from './proposal.ts';

const count = fc.integer({ min: 0, max: 20 });
const reading: fc.Arbitrary<Reading> = fc.record({
  metric: fc.constantFrom('cpu', 'sessions', 'packets', 'delay'),
  target: fc.double({ min: 0.001, max: 1e6, noNaN: true }),
  total: fc.oneof(
    fc.double({ min: 0, max: 1e7, noNaN: true }),
    fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, -1),
  ),
  counted: count,
  starting: count,
  missing: count,
});
const looks = fc.array(
  fc.tuple(fc.integer({ min: 1, max: 100_000 }), fc.array(reading, { minLength: 1, maxLength: 3 })),
  {
    maxLength: 30,
  },
);

test('whatever is measured, the number stays within its bounds, and never falls while something is missing', () => {
  const property = fc.property(
    fc.integer({ min: 1, max: 9 }),
    fc.integer({ min: 0, max: 9 }),
    looks,
    (min, more, all) => {
      const max = min + more;
      const stabilization = { up: 10_000, down: 60_000 };
      let now = 0;
      let replicas = min;
      let memory: Memory | undefined;
      for (const [pause, readings] of all) {
        now += pause;
        const decision = decide(
          { min, max, on: [], every: 1000, warmup: 0, stabilization },
          replicas,
          readings,
          memory,
          now,
        );
        const isKnown = readings.every(
          ({ total, counted, missing }) =>
            total >= 0 && Number.isFinite(total) && counted > 0 && missing === 0,
        );
        if (decision.to < min || decision.to > max || !Number.isInteger(decision.to)) return false;
        if (!isKnown && decision.to < replicas) return false;
        ({ to: replicas, memory } = decision);
      }
      return true;
    },
  );
  fc.assert(property, tries(2000, 100));
});
