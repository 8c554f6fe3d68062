import { RenewedLease } from '../../state/renewed-lease.ts';
import type { Lease as StateLease } from '../../state/state-manager.ts';

/** The right to act as the controller of an edge: nobody else has it at the same time. */
export interface Lease extends StateLease {
  /** Larger than every epoch before. */
  readonly epoch: number;
}

/** The same, kept with the store that gave it. */
export class ControllerLease extends RenewedLease implements Lease {
  readonly epoch: number;

  /** @param from when the store was asked for it, by `performance.now()` */
  constructor(epoch: number, ...rest: ConstructorParameters<typeof RenewedLease>) {
    super(...rest);
    this.epoch = epoch;
  }
}

/** An epoch after all that are known. The time is part of it, in seconds: it grows even if all else is forgotten. */
export function epochAfter(known: readonly number[], milliseconds: number): number {
  return Math.max(Math.floor(milliseconds / 1000), ...known.map((epoch) => epoch + 1));
}
