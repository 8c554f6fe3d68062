import { HeddleError } from '../lib/errors.ts';
import type { FileReader } from './file-reader.ts';

/** All files of a project together, in characters: as many as there may be, each within its own limit. */
const MAX_TOTAL = 48 * 1024 * 1024;

/** Reads each file once, which a pipe allows no more often, and all of them up to a limit. */
export function frugalReader(read: FileReader): FileReader {
  const known = new Map<string, () => string | undefined>();
  let total = 0;
  const readOnce = (path: string, called: string): (() => string | undefined) => {
    try {
      const text = read.readFile(path, called);
      total += text?.length ?? 0;
      return () => text;
    } catch (error) {
      // A pipe that did not end is not waited for again.
      return () => {
        throw error;
      };
    }
  };
  return {
    readFile(path, called) {
      const answer = known.get(path) ?? readOnce(path, called);
      known.set(path, answer);
      if (total > MAX_TOTAL) {
        const message = `with ${called} the files of this project have more than ${MAX_TOTAL / 1024 / 1024} MB`;
        throw new HeddleError('ERR_FILE_TOO_LARGE', message);
      }
      return answer();
    },
    exists: read.exists,
  };
}
