import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs';

/** Bytes: a chain of certificates is smaller, a token much. */
const most = 1_000_000;

/**
 * A file that is small and ends, such as a token or a certificate.
 * @throws Error
 */
export function readSmallFile(file: string): string {
  // Whoever opens a pipe to read waits for its writer, and everything with him.
  const descriptor = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const found = fstatSync(descriptor);
    if (!found.isFile()) throw new Error(`${file} is no file`);
    if (found.size > most) throw new Error(`${file} is larger than ${most} bytes`);
    return readFileSync(descriptor, 'utf8');
  } finally {
    closeSync(descriptor);
  }
}
