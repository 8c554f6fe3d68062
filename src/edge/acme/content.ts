import { HeddleError, isHeddleError } from '../../lib/errors.ts';
import { readBounded } from '../../lib/read-bounded.ts';

/**
 * The text of a file that a flag names.
 * @throws HeddleError ERR_FILE_NOT_FOUND when it cannot be read, ERR_FILE_TOO_LARGE
 */
export function contentOf(file: string, bytes: number): string {
  try {
    return readBounded(file, { bytes }).toString();
  } catch (cause) {
    if (isHeddleError(cause)) throw cause;
    throw new HeddleError('ERR_FILE_NOT_FOUND', `${file}: ${(cause as Error).message}`, { cause });
  }
}
