import { existsSync, readFileSync } from 'node:fs';
import type { FileReader } from './file-reader.ts';

/** Reads the real file system. */
export const nodeFileReader: FileReader = {
  readFile(path) {
    try {
      return readFileSync(path, 'utf8');
    } catch {
      return undefined;
    }
  },
  exists: existsSync,
};
