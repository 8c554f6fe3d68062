import { inject } from 'vitest';

declare module 'vitest' {
  interface ProvidedContext {
    /** Of what is tried in the group `properties`; nothing else has one. */
    seed?: number;
  }
}

/** The seed where little is tried: a unit test fails again as it failed. */
const usual = 8;

/**
 * How often fast-check tries a property, and from which seed: often and from another seed each time in the group `properties`,
 * a little and always the same in the unit tests.
 */
export function tries(many: number, few = 100): { readonly numRuns: number; readonly seed: number } {
  const seed = inject('seed');
  return seed === undefined ? { numRuns: Math.min(many, few), seed: usual } : { numRuns: many, seed };
}
