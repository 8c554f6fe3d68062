/** All that loading a descriptor may do to the outside world. Paths are absolute. */
export interface FileReader {
  /** The text of a file; `undefined` when there is none or it cannot be read. */
  readFile(path: string): string | undefined;
  exists(path: string): boolean;
}
