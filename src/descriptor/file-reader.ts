import type { ErrorCode } from '../lib/error-codes.ts';
import { HeddleError } from '../lib/errors.ts';

/** All that loading a descriptor may do to the outside world. Paths are absolute, but for standard input. */
export interface FileReader {
  /**
   * The text of a file; `undefined` when there is none. `called` names it in what goes wrong.
   * @throws HeddleError ERR_FILE_NOT_FOUND, ERR_FILE_TOO_LARGE for what is there and cannot be read
   */
  readFile(path: string, called: string): string | undefined;
  /** Whether there is something to read; a folder is not. */
  exists(path: string): boolean;
}

/** What `-f -` names. */
export const STANDARD_INPUT = '-';

/** What whoever may look has found at a path: plain data, which can be sent. */
export interface FoundFile {
  /** Whether there is something to read; a folder is not. */
  readonly exists: boolean;
  /** Null: there is none. Absent: only its existence was asked about, or it was refused. */
  readonly text?: string | null;
  readonly refused?: { readonly code: ErrorCode; readonly why: string };
}

/** What is to be found out about a path: its text, or only whether there is something to read. */
export interface FileQuestion {
  readonly path: string;
  readonly text: boolean;
}

/** Reads what `find` finds. */
export function readerOf(find: (question: FileQuestion) => FoundFile): FileReader {
  return {
    readFile(path, called) {
      const { text, refused } = find({ path, text: true });
      if (refused) throw new HeddleError(refused.code, `${called} cannot be read: ${refused.why}`);
      return text ?? undefined;
    },
    exists: (path) => find({ path, text: false }).exists,
  };
}
