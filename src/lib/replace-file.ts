import { renameSync, rmSync, writeFileSync } from 'node:fs';

/** Writes a file whole or not at all; nobody whom the mode shuts out ever reads it, not even while it is written. */
export function replaceFile(file: string, text: string, mode: number): void {
  const beside = `${file}.new`;
  rmSync(beside, { force: true });
  writeFileSync(beside, text, { mode, flag: 'wx', flush: true });
  renameSync(beside, file);
}
