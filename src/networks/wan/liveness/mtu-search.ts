// The largest packet of IP that a path takes, found by trials (RFC 8899, 5). Pure.

/** The least that IPv6 works with (RFC 8200, 5); what a path takes that takes less is not looked for. */
export const leastMtu = 1280;
/** Trials of one size before it is too large. */
const attempts = 3;
/** The same of one that has passed: on a path that loses many, it still does. */
const attemptsOfPassed = 8;
/** Bytes within which it is enough to know. */
const accuracy = 4;
/** Milliseconds that an answer to a trial may take, where the path does not take longer. */
const patience = 250;
/** Milliseconds until what was found is tried again, and until more is. */
const confirming = 5000;
const raising = 600_000;
/** Milliseconds until that is tried again which had passed, and did not any more. */
const returning = 15_000;

export interface MtuSearch {
  /** Known to pass. Nothing: no trial was answered yet. */
  readonly found: number | undefined;
  /** Known not to pass. */
  readonly tooLarge: number;
  readonly trial: { readonly size: number; readonly attempt: number } | undefined;
  /** Milliseconds: when something is due. */
  readonly due: number;
  /** When more is tried again than what was found. */
  readonly raise: number;
}

/** `most`: the MTU of the uplink, which is tried at first. */
export function newSearch(most: number, now: number): MtuSearch {
  return { found: undefined, tooLarge: most + 1, trial: undefined, due: now, raise: now + raising };
}

/** What is to be tried now, if anything. `delay`: milliseconds there and back. */
export function nextTrial(
  search: MtuSearch,
  most: number,
  now: number,
  delay = 0,
): { search: MtuSearch; size?: number } {
  if (now < search.due) return { search };
  const due = now + Math.max(patience, 2 * delay);
  const before = now >= search.raise ? { ...newSearch(most, now), found: search.found } : search;
  const { trial } = before;
  // The last one was not answered.
  const isPassed = trial !== undefined && trial.size <= (before.found ?? 0);
  if (trial && trial.attempt < (isPassed ? attemptsOfPassed : attempts))
    return {
      search: { ...before, trial: { size: trial.size, attempt: trial.attempt + 1 }, due },
      size: trial.size,
    };
  const judged = trial ? refused(before, trial.size, now) : before;
  const size = sizeFor(judged, most);
  return { search: { ...judged, trial: { size, attempt: 1 }, due }, size };
}

/** It passed, by what the other says to have got. */
export function answered(search: MtuSearch, size: number, now: number): MtuSearch {
  // Nobody has to be believed about what was not tried.
  if (size !== search.trial?.size) return search;
  const found = Math.max(size, search.found ?? 0);
  const isSettled = search.tooLarge - found <= accuracy;
  return { ...search, found, trial: undefined, due: isSettled ? now + confirming : now };
}

function refused(search: MtuSearch, size: number, now: number): MtuSearch {
  const tooLarge = Math.max(leastMtu + 1, Math.min(search.tooLarge, size));
  if (search.found === undefined || size > search.found) return { ...search, tooLarge };
  // What had passed does not any more: all is to be found anew below it, and soon whether that is still so.
  return { ...search, found: undefined, tooLarge, raise: now + returning };
}

function sizeFor({ found, tooLarge }: MtuSearch, most: number): number {
  const largest = Math.min(tooLarge - 1, most);
  if (found !== undefined && tooLarge - found <= accuracy) return found;
  // The MTU of the uplink passes nearly everywhere.
  if (tooLarge > most) return most;
  const least = found ?? leastMtu;
  return found === undefined ? (largest <= leastMtu ? leastMtu : least) : Math.ceil((found + largest) / 2);
}
