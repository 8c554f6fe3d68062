import { isDeeper } from '../lib/nesting.ts';

/** Levels that lists and sets of keys nest; what runtimes say has a dozen. */
const deepest = 64;

/**
 * What a text says as JSON; nothing where it is none, or nests so deep that who follows it would run out of stack. Pure.
 */
export function jsonIn(text: string): { readonly value: unknown } | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isDeeper(value, deepest) ? undefined : { value };
  } catch {
    return undefined;
  }
}
