import { HeddleError } from '../lib/errors.ts';
import type { FileReader } from './file-reader.ts';

/** All files of a project together, in characters: as many as there may be, each within its own limit. */
const MAX_TOTAL = 100 * 1024 * 1024;

/** Reads each file once, which a pipe allows no more often, and all of them up to a limit. */
export function frugalReader(read: FileReader): FileReader {
  const known = new Map<string, string | undefined>();
  let total = 0;
  return {
    readFile(path, called) {
      if (known.has(path)) return known.get(path);
      const text = read.readFile(path, called);
      total += text?.length ?? 0;
      if (total > MAX_TOTAL) {
        const message = `with ${called} the files of this project have more than ${MAX_TOTAL / 1024 / 1024} MB`;
        throw new HeddleError('ERR_FILE_TOO_LARGE', message);
      }
      known.set(path, text);
      return text;
    },
    exists: read.exists,
  };
}
