import { distance } from 'fastest-levenshtein';

/** The candidate nearest to `word` within a third of its length (at least two letters), if there is one. */
export function nearest(word: string, candidates: Iterable<string>): string | undefined {
  const limit = Math.max(2, Math.floor(word.length / 3));
  let best: { candidate: string; far: number } | undefined;
  for (const candidate of candidates) {
    const far = distance(word.toLowerCase(), candidate.toLowerCase());
    if (far <= limit && far < word.length && (!best || far < best.far)) best = { candidate, far };
  }
  return best?.candidate;
}

/** `did you mean "db"?`, or what there is to choose from, or nothing. */
export function didYouMean(word: string, candidates: Iterable<string>): string | undefined {
  const all = [...candidates];
  const near = nearest(word, all);
  if (near !== undefined) return `did you mean "${near}"?`;
  if (all.length === 0 || all.length > 12) return undefined;
  return `there is: ${all.sort().join(', ')}`;
}
