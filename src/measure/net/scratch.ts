import { existsSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** Where the kernel keeps files in memory (shm_overview(7)): what is measured is no disk. */
const inMemory = '/dev/shm';

/** The folder for files that a benchmark’s tools need. It is a benchmark’s own, by its id. */
export function scratchFolder(id: string): string {
  return path.join(existsSync(inMemory) ? inMemory : tmpdir(), `heddle-bench-${id}`);
}

/** Makes it, and takes it away with all that is in it when it is disposed of. */
export async function openScratch(id: string): Promise<AsyncDisposable & { readonly folder: string }> {
  const folder = scratchFolder(id);
  // What one has left that was killed.
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { mode: 0o700 });
  return { folder, [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }) };
}
