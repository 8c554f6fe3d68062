import type { PodSpec } from './spec.ts';

/** The pods of all functions that a pod's traffic passes, those of its chains before those of its path; each once. */
export function functionsOf({ path, chains = [] }: Pick<PodSpec, 'path' | 'chains'>): string[] {
  return [...new Set([...chains.flatMap((chain) => chain.path), ...path])];
}
