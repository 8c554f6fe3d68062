import { readBounded } from '../../../lib/read-bounded.ts';

/** A chain of certificates is smaller, a token much. */
const limit = { bytes: 1 << 20 };

/**
 * A token or a certificate.
 * @throws Error
 */
export function readSmallFile(file: string): string {
  return readBounded(file, limit).toString('utf8');
}
