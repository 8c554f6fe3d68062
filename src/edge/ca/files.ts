import { existsSync, mkdirSync } from 'node:fs';
import { HeddleError, isHeddleError } from '../../lib/errors.ts';
import { readBounded } from '../../lib/read-bounded.ts';
import { replaceFile } from '../../lib/replace-file.ts';

export { existsSync as exists };

/** Bytes of lists of what the authority revoked, a hundred for each, and so of every other file of its. */
export const longestRevocations = 16 << 20;

const limit = { bytes: longestRevocations };

export function ensurePrivateFolder(folder: string): void {
  attempt(folder, () => mkdirSync(folder, { recursive: true, mode: 0o700 }));
}

/** @throws HeddleError ERR_EDGE_CA, ERR_FILE_TOO_LARGE */
export function readText(file: string): string {
  return attempt(file, () => readBounded(file, limit).toString());
}

/** @throws HeddleError ERR_EDGE_CA */
export function readJson<T>(file: string): T {
  return attempt(file, () => JSON.parse(readBounded(file, limit).toString()) as T);
}

/** Writes a secret: nobody but its owner ever reads it, not even while it is written. */
export function writePrivate(file: string, text: string): void {
  replace(file, text, 0o600);
}

export function writePublic(file: string, text: string): void {
  replace(file, text, 0o644);
}

function replace(file: string, text: string, mode: number): void {
  attempt(file, () => replaceFile(file, text, mode));
}

function attempt<T>(file: string, action: () => T): T {
  try {
    return action();
  } catch (cause) {
    if (isHeddleError(cause, 'ERR_FILE_TOO_LARGE')) throw cause;
    throw new HeddleError('ERR_EDGE_CA', `${file}: ${(cause as Error).message}`, { cause });
  }
}
