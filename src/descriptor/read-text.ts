import type { Location } from '../lib/errors.ts';
import { isHeddleError } from '../lib/errors.ts';
import { displayPath } from './display-path.ts';
import type { FileReader } from './file-reader.ts';
import type { Findings } from './findings.ts';

/** What reading a file needs. */
export interface ReadingRoom {
  readonly read: FileReader;
  readonly findings: Findings;
  /** Messages name files as seen from here. */
  readonly cwd: string;
}

/**
 * The text of a file that the project names. `undefined`: there is none, which is reported if it has to be there, or it
 * cannot be read, which is reported always. `kind`: what the file is for, "the environment file".
 */
export function readText(
  path: string,
  kind: string,
  required: boolean,
  { read, findings, cwd }: ReadingRoom,
  askedAt?: Location,
): string | undefined {
  const called = `${kind} ${displayPath(path, cwd)}`;
  try {
    const text = read.readFile(path, called);
    if (text === undefined && required) {
      findings.error('ERR_FILE_NOT_FOUND', `${called} cannot be read: it does not exist`, askedAt);
    }
    return text;
  } catch (error) {
    if (!isHeddleError(error)) throw error;
    findings.error(error.code, error.message, askedAt);
    return undefined;
  }
}

/** The text of a Compose file, which has to be there. */
export function composeText(path: string, room: ReadingRoom, askedAt?: Location): string | undefined {
  return readText(path, 'the Compose file', true, room, askedAt);
}
