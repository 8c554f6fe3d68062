import { contentHash } from '../lib/hash.ts';

/**
 * An address, administered locally, that the same has again: whoever knows a container's address of IP knows its MAC address for a
 * while, and would not find it when it was started again. Pure.
 */
export function macFor(...parts: readonly string[]): string {
  return `02:${contentHash(parts.join(' ')).slice(0, 10).match(/../g)?.join(':')}`;
}
