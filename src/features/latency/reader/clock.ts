import type { ClockErrorBound } from '../contract.ts';
import type { Run } from './run.ts';

/** A packet's delays there and back, nanoseconds; undefined: lost. */
export type Delays = readonly [number, number] | undefined;

/** What the two clocks of a run can be off against each other. Nanoseconds. */
export interface ClockRelation {
  readonly basis: ClockErrorBound['basis'];
  /** The reflector's clock minus the sender's, as far as it is known: taken off the delay there, added to that back. */
  readonly offset: number;
  /** How far the true offset may be from that. */
  readonly bound: number;
}

/** The wall clock of Linux counts in nanoseconds (clock_getres(2), with high resolution timers). */
const resolution = 1;

/**
 * How far the one-way delays of a run may be off (RFC 7679, 3.7: the error of one-way delay is that of the clocks).
 *
 * A sender and a reflector under the same running kernel (same boot id; namespaces do not divide the wall clock) read
 * the same clock, and only its resolution is left.
 *
 * Else the clocks differ by an unknown offset, which makes one direction look longer and the other shorter by the
 * same amount. No packet arrives before it was sent, so the offset is at most the least delay measured there, and at
 * least minus the least delay measured back. The middle of that interval is taken for the offset, and half its width,
 * half the sum of the two least delays, is the most it can be wrong. (It holds while the clocks keep their distance:
 * within the five seconds of a run, drifts of 20 µs a second add up to 0.1 ms.) An empty interval says that they did
 * not, and nothing is known.
 */
export function clockRelation(run: Run, reflectorBoots: ReadonlySet<string>): ClockRelation {
  if (reflectorBoots.has(run.boot)) return { basis: 'same clock', offset: 0, bound: resolution };
  let there = Number.POSITIVE_INFINITY;
  let back = Number.POSITIVE_INFINITY;
  for (const packet of run.packets) {
    if (typeof packet === 'string') continue;
    there = Math.min(there, packet[0]);
    back = Math.min(back, packet[1]);
  }
  if (!(there + back >= 0)) return { basis: 'none', offset: 0, bound: Number.POSITIVE_INFINITY };
  return { basis: 'delays are positive', offset: (there - back) / 2, bound: (there + back) / 2 };
}

/** A run's delays on one time scale. */
export function corrected(run: Run, { offset }: ClockRelation): Delays[] {
  return run.packets.map((packet) =>
    typeof packet === 'string' ? undefined : [packet[0] - offset, packet[1] + offset],
  );
}

/** The weakest of what holds for several runs. */
export function errorBound(relations: readonly ClockRelation[]): ClockErrorBound | null {
  const worst = relations.reduce<ClockRelation | undefined>(
    (found, relation) => (found && found.bound >= relation.bound ? found : relation),
    undefined,
  );
  if (!worst) return null;
  const milliseconds = Number.isFinite(worst.bound) ? Math.ceil(worst.bound) / 1e6 : null;
  return { milliseconds, basis: worst.basis, reason: reasons[worst.basis] };
}

const reasons: Readonly<Record<ClockErrorBound['basis'], string>> = {
  'same clock':
    'sender and reflector run under one kernel and read the same clock; what is left is its resolution',
  'delays are positive':
    'two clocks: the delays are corrected by the middle of the offsets under which none is negative, and the bound is half the sum of the least delays there and back',
  none: 'the two clocks moved against each other during a run; only the round trip holds',
};
