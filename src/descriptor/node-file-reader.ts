import { existsSync, fstatSync, readSync, statSync } from 'node:fs';
import { HeddleError, isHeddleError } from '../lib/errors.ts';
import { readBounded } from '../lib/read-bounded.ts';
import {
  type FileQuestion,
  type FileReader,
  type FoundFile,
  readerOf,
  STANDARD_INPUT,
} from './file-reader.ts';

/** Nobody writes larger files, and they would stall the node; whoever writes into a pipe ends in time. */
const LIMIT = { bytes: 10 * 1024 * 1024, pipe: 10_000 };

/** Looks at the real file system. */
export function findFile({ path, text }: FileQuestion): FoundFile {
  const exists = path === STANDARD_INPUT || isThere(path);
  if (!text) return { exists };
  try {
    const bytes = path === STANDARD_INPUT ? readStandardInput() : readBounded(path, LIMIT);
    return { exists, text: bytes.toString('utf8') };
  } catch (error) {
    return { exists, ...refused(error, path) };
  }
}

/** Reads the real file system. */
export const nodeFileReader: FileReader = readerOf(findFile);

function isThere(path: string): boolean {
  return existsSync(path) && !statSync(path).isDirectory();
}

function readStandardInput(): Buffer {
  // Opened anew, a pipe can be looked into without waiting, whatever others do with it.
  if (!fstatSync(0).isSocket()) return readBounded('/proc/self/fd/0', LIMIT);
  // What another program started has a socket there, which cannot be opened again.
  const blocks: Buffer[] = [];
  for (let length = 0; ; ) {
    const block = Buffer.allocUnsafe(64 * 1024);
    const read = readSync(0, block);
    if (read === 0) return Buffer.concat(blocks);
    length += read;
    if (length > LIMIT.bytes)
      throw new HeddleError('ERR_FILE_TOO_LARGE', 'it is larger than 10 MiB, the most that is read of it');
    blocks.push(block.subarray(0, read));
  }
}

/** Why a file cannot be read, without its name, which its reader knows better. */
function refused(error: unknown, path: string): Pick<FoundFile, 'text' | 'refused'> {
  if (isHeddleError(error)) {
    const opened = path === STANDARD_INPUT ? '/proc/self/fd/0' : path;
    const why = error.message.startsWith(opened) ? `it${error.message.slice(opened.length)}` : error.message;
    return { refused: { code: error.code, why } };
  }
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT') return { text: null };
  const known: Readonly<Record<string, string>> = {
    ENOTDIR: 'its folder is none',
    EACCES: 'permission is denied',
    EPERM: 'permission is denied',
    ELOOP: 'its links lead in a circle',
    ENAMETOOLONG: 'its name is too long',
    ERR_INVALID_ARG_VALUE: 'its name holds a character that no path has',
  };
  return { refused: { code: 'ERR_FILE_NOT_FOUND', why: known[code ?? ''] ?? message } };
}
