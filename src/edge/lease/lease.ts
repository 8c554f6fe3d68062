/** The right to act as the controller of an edge: nobody else has it at the same time. */
export interface Lease {
  /** Whether it still holds; asked before anything is published. */
  readonly isHeld: boolean;
  /** Resolves with the reason when it does not hold any more. */
  readonly lost: Promise<string>;
  /** Larger than every epoch before. */
  readonly epoch: number;
  /** Gives it up, so that the next one need not wait. */
  release(): Promise<void>;
}

/** An epoch after all that are known. The time is part of it, in seconds: it grows even if all else is forgotten. */
export function epochAfter(known: readonly number[], milliseconds: number): number {
  return Math.max(Math.floor(milliseconds / 1000), ...known.map((epoch) => epoch + 1));
}
