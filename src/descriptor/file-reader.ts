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
