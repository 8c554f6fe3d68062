import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { chmod, chown, rename, rm, writeFile } from 'node:fs/promises';

/** Writes a file whole or not at all; nobody whom the mode shuts out ever reads it, not even while it is written. */
export function replaceFile(file: string, content: string | Buffer, mode: number): void {
  const beside = `${file}.new`;
  rmSync(beside, { force: true });
  writeFileSync(beside, content, { mode, flag: 'wx', flush: true });
  renameSync(beside, file);
}

interface ReplaceOptions {
  /** Whom it belongs to; not given: this process's user. */
  readonly owner?: { readonly uid: number; readonly gid: number };
  /** Whether it has to be there after the power failed, which costs milliseconds. */
  readonly flush?: boolean;
}

/** The same without a pause for anything else that is at work. */
export async function replaceFileSoon(
  file: string,
  content: string | Buffer,
  mode: number,
  { owner, flush = false }: ReplaceOptions = {},
): Promise<void> {
  const beside = `${file}.new`;
  await rm(beside, { force: true });
  await writeFile(beside, content, { mode: owner ? 0o600 : mode, flag: 'wx', flush });
  if (owner) {
    await chown(beside, owner.uid, owner.gid);
    await chmod(beside, mode);
  }
  await rename(beside, file);
}
