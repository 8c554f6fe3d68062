const modulus = 2 ** 32;

/**
 * The serial of a zone after a change: seconds since 1970, as far as that is later than the one before, else one more.
 * So it grows over a restart that lost the one before, and also while the clock is wrong.
 * @param before the serial that was answered last, if it is known
 */
export function serialAfter(before: number | undefined, seconds: number): number {
  const now = Math.floor(seconds) % modulus;
  if (before === undefined) return now;
  const next = (before + 1) % modulus;
  return isLater(now, next) ? now : next;
}

/** Serials wrap around: the later one is the one that is less than half the numbers ahead (RFC 1982, 3.2). */
export function isLater(one: number, other: number): boolean {
  return one !== other && (one - other + modulus) % modulus < modulus / 2;
}
