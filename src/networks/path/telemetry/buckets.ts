// Delays as dataplane/delay.bpf.c counts them: four buckets for each doubling, from 256 ns on. Pure.

/** How many there are. */
export const buckets = 104;
/** Nanoseconds of the smallest. */
const smallest = 256;

/** Nanoseconds below which all of a bucket are; each begins where the one before ends. */
export function boundOf(bucket: number): number {
  if (bucket < 4) return (bucket + 1) * smallest;
  return (5 + (bucket % 4)) * 2 ** (Math.floor(bucket / 4) - 1) * smallest;
}

/**
 * Nanoseconds that a share of all is not above, as far as buckets tell: within them, evenly. Nothing: none were counted.
 * @param share from 0 to 1
 */
export function quantile(counts: readonly number[], share: number): number | undefined {
  const all = counts.reduce((sum, count) => sum + count, 0);
  if (all === 0) return undefined;
  let below = 0;
  for (const [bucket, count] of counts.entries()) {
    const wanted = share * all - below;
    if (count > 0 && wanted <= count) {
      const from = bucket === 0 ? 0 : boundOf(bucket - 1);
      return from + ((boundOf(bucket) - from) * Math.max(0, wanted)) / count;
    }
    below += count;
  }
  return boundOf(counts.length - 1);
}

/** Powers of two of nanoseconds that others are told of: from 1 µs to 4.3 s. */
const told = Array.from({ length: 23 }, (_, at) => at + 10);

/** How many were not above each of bounds that double. */
export function doublings(counts: readonly number[]): { readonly bound: number; readonly count: number }[] {
  let [bucket, count] = [0, 0];
  return told.map((power) => {
    for (; bucket < counts.length && boundOf(bucket) <= 2 ** power; bucket++) count += counts[bucket] ?? 0;
    return { bound: 2 ** power, count };
  });
}
