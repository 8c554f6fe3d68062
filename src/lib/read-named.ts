import { HeddleError, isHeddleError } from './errors.ts';
import { type ReadLimit, readBounded } from './read-bounded.ts';

/**
 * What a file holds that somebody named.
 * @throws HeddleError ERR_FILE_NOT_FOUND when it cannot be read, whyever, ERR_FILE_TOO_LARGE
 */
export function readNamed(file: string, limit: ReadLimit): Buffer {
  try {
    return readBounded(file, limit);
  } catch (cause) {
    if (isHeddleError(cause)) throw cause;
    throw new HeddleError('ERR_FILE_NOT_FOUND', `${file}: ${(cause as Error).message}`, { cause });
  }
}
