import fc from 'fast-check';
import { test } from 'vitest';
import { deltaOf, snapshotOf } from '../../../test/support/site-zone.ts';
import { tries } from '../../../test/support/tries.ts';
import type { Message, Snapshot, Stamp } from '../view/message.ts';
import { Sequence } from './sequence.ts';

const snapshot = (epoch: number, version: number): Snapshot => ({ ...snapshotOf(), epoch, version });
const delta = (epoch: number, version: number) => deltaOf({ epoch, version });

test('whatever is lost, repeated or late: never back, and all there once nothing is missing', () => {
  const stamp = fc.tuple(fc.nat({ max: 3 }), fc.nat({ max: 12 }), fc.boolean());
  fc.assert(
    fc.property(fc.array(stamp, { maxLength: 60 }), (stamps) => {
      const sequence = new Sequence();
      let at = { epoch: -1, version: -1 };
      for (const [epoch, version, whole] of stamps) {
        for (const one of sequence.take(whole ? snapshot(epoch, version) : delta(epoch, version)).apply) {
          if (!mayFollow(one, at)) throw new Error('out of order');
          at = one;
        }
      }
      const [newest] = sequence.take(snapshot(4, 0)).apply;
      return newest?.epoch === 4 && !sequence.hasGap;
    }),
    tries(5000),
  );
});

function mayFollow({ kind, epoch, version }: Message, at: Stamp): boolean {
  if (kind === 'delta') return epoch === at.epoch && version === at.version + 1;
  return epoch > at.epoch || (epoch === at.epoch && version > at.version);
}
