/** So many different whole numbers from 1 to `most`, in order; the same for the same seed (Marsaglia's xorshift). */
export function sample(seed: number, count: number, most: number): number[] {
  let state = seed | 0 || 1;
  const chosen = new Set<number>();
  while (chosen.size < Math.min(count, most)) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    chosen.add(1 + ((state >>> 0) % most));
  }
  return [...chosen].sort((a, b) => a - b);
}
