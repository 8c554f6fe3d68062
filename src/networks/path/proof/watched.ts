// How a chain is watched between proofs: probes go on, one after the other. Pure.

/** Milliseconds from one probe to the next, and in which one has to arrive. */
export const period = 1000;
/** Probes in a row that did not arrive, after which it is broken: a busy host loses one. */
const patience = 2;

export interface Watched {
  /** Of the last probe that was sent; 0: none was. */
  readonly number: number;
  readonly hasArrived: boolean;
  /** Probes in a row that did not arrive. */
  readonly lost: number;
}

export const begun: Watched = { number: 0, hasArrived: true, lost: 0 };

/** The next one is due: the one before has arrived by now, or never will. */
export function next({ number, hasArrived, lost }: Watched): Watched {
  return { number: (number % 65535) + 1, hasArrived: false, lost: hasArrived ? 0 : lost + 1 };
}

/** One has arrived at the end of its way. */
export function arrived(watched: Watched, number: number): Watched {
  return number === watched.number ? { ...watched, hasArrived: true, lost: 0 } : watched;
}

export function isBroken({ lost }: Watched): boolean {
  return lost >= patience;
}
