import fc from 'fast-check';
import { test } from 'vitest';
import { tries } from '../../../test/support/tries.ts';
import { isLater, serialAfter } from './serial.ts';

test('whatever the clock says, the next serial is later', () => {
  const serial = fc.nat({ max: 2 ** 32 - 1 });
  fc.assert(
    fc.property(serial, fc.nat({ max: 2 ** 40 }), (before, seconds) => {
      const next = serialAfter(before, seconds);
      return Number.isInteger(next) && next >= 0 && next < 2 ** 32 && isLater(next, before);
    }),
    tries(10_000, 1000),
  );
});
