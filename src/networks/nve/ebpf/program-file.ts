import { closeSync, constants, fstatSync, openSync, readFileSync, type Stats, statSync } from 'node:fs';
import path from 'node:path';
import { isHeddleError } from '../../../lib/errors.ts';
import { largestObject, programError } from './check-program.ts';

/**
 * Reads a network's own program, once: what is checked is what is loaded. It is found by name in a folder that only root
 * changes, so whoever may name one reads no other file by that.
 * @throws HeddleError ERR_NETWORK_PROGRAM
 */
export function readProgram(what: string, folder: string, name: string): Buffer {
  const file = path.join(folder, `${name}.o`);
  const refused = (why: string, cause?: unknown) => programError(what, `(${file}) ${why}`, { cause });
  let open: number | undefined;
  try {
    // To open a pipe would wait for somebody to write into it.
    open = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK);
    const found = fstatSync(open);
    if (!found.isFile()) throw refused('is no file');
    if (found.size > largestObject) throw refused(`has more than ${largestObject / 1024 / 1024} MiB`);
    if (isOthers(found) || isOthers(statSync(folder)))
      throw refused('may be changed by others than root: chown it and its folder to root, and chmod go-w');
    return readFileSync(open);
  } catch (cause) {
    if (isHeddleError(cause, 'ERR_NETWORK_PROGRAM')) throw cause;
    throw refused(`cannot be read: ${(cause as Error).message}`, cause);
  } finally {
    if (open !== undefined) closeSync(open);
  }
}

/** Whether somebody may write it who is neither root nor the user of this process. */
function isOthers({ uid, mode }: Stats): boolean {
  return (uid !== 0 && uid !== process.getuid?.()) || (mode & 0o022) !== 0;
}
