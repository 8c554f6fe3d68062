import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { HeddleError } from '../../../lib/errors.ts';
import { replaceFile } from '../../../lib/replace-file.ts';

export { existsSync as exists };

export function ensurePrivateFolder(folder: string): void {
  attempt(folder, () => mkdirSync(folder, { recursive: true, mode: 0o700 }));
}

/** @throws HeddleError ERR_EDGE_CA */
export function readText(file: string): string {
  return attempt(file, () => readFileSync(file, 'utf8'));
}

/** @throws HeddleError ERR_EDGE_CA */
export function readJson<T>(file: string): T {
  return attempt(file, () => JSON.parse(readFileSync(file, 'utf8')) as T);
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
    throw new HeddleError('ERR_EDGE_CA', `${file}: ${(cause as Error).message}`, { cause });
  }
}
