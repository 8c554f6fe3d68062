import { type FSWatcher, statSync, watch } from 'node:fs';
import path from 'node:path';

/** Milliseconds of quiet after a change: what writes a file does so in several steps. */
const quiet = 5;
/** Milliseconds after which a file that was wrong is looked at once more: it may not have been whole yet. */
const timeout = 200;
/** Milliseconds between two looks without a word from the system, which has none for files on other hosts. */
const interval = 1000;

/**
 * Calls `read` whenever a file has changed, whoever replaces it how. What that throws is given to `problem`, unless it
 * is gone a moment later.
 * @param since the state that it was in when it was read last, from {@link fileState}; not given: the one that it is in
 * @returns ends it
 */
export function watchText(
  file: string,
  read: () => void,
  problem: (error: Error) => void,
  since = fileState(file),
): () => void {
  let seen = since;
  let timer: NodeJS.Timeout | undefined;
  const later = (milliseconds: number, again: boolean) => {
    clearTimeout(timer);
    timer = setTimeout(() => look(again), milliseconds);
  };
  const look = (again: boolean) => {
    const now = fileState(file);
    if (now === seen && !again) return;
    const isNew = now !== seen;
    seen = now;
    try {
      read();
    } catch (error) {
      if (isNew) later(timeout, true);
      else problem(error as Error);
    }
  };
  const watcher = watchFolder(path.dirname(path.resolve(file)), () => {
    if (fileState(file) !== seen) later(quiet, false);
  });
  const poll = setInterval(() => look(false), interval);
  if (fileState(file) !== seen) later(quiet, false);
  return () => {
    clearTimeout(timer);
    clearInterval(poll);
    watcher?.close();
  };
}

/** The folder, since a file that is replaced is another file. */
function watchFolder(folder: string, changed: () => void): FSWatcher | undefined {
  try {
    // What cannot be watched is looked at now and then.
    return watch(folder, changed).on('error', () => {});
  } catch {
    return undefined;
  }
}

/** What becomes different with each change of a file; of a pipe nothing does: it is read once. */
export function fileState(file: string): string {
  const found = statSync(file, { bigint: true, throwIfNoEntry: false });
  return found?.isFile() ? `${found.ino} ${found.size} ${found.mtimeNs}` : '';
}
