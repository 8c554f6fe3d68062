import { isAbsolute } from 'node:path';
import { STANDARD_INPUT } from './file-reader.ts';

/** A path for messages: short where it lies below the reader's folder. */
export function displayPath(path: string, cwd: string): string {
  if (path === STANDARD_INPUT) return 'standard input';
  const prefix = cwd.endsWith('/') ? cwd : `${cwd}/`;
  return isAbsolute(path) && path.startsWith(prefix) ? path.slice(prefix.length) : path;
}
