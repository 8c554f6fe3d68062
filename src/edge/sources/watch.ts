import { type FSWatcher, statSync, watch } from 'node:fs';
import path from 'node:path';

/** Milliseconds of quiet after a change: what writes a file does so in several steps. */
const quiet = 5;
/** Milliseconds after which a file that was wrong is looked at once more: it may not have been whole yet. */
const patience = 200;
/** Milliseconds between two looks without a word from the system, which has none for files on other hosts. */
const interval = 1000;

/**
 * Calls `read` whenever a file has changed, whoever replaces it how. What that throws is given to `problem`, unless it
 * is gone a moment later.
 * @returns ends it
 */
export function watchText(file: string, read: () => void, problem: (error: Error) => void): () => void {
  let seen = stateOf(file);
  let timer: NodeJS.Timeout | undefined;
  const later = (milliseconds: number, again: boolean) => {
    clearTimeout(timer);
    timer = setTimeout(() => look(again), milliseconds);
  };
  const look = (again: boolean) => {
    const now = stateOf(file);
    if (now === seen && !again) return;
    const isNew = now !== seen;
    seen = now;
    try {
      read();
    } catch (error) {
      if (isNew) later(patience, true);
      else problem(error as Error);
    }
  };
  const watcher = watchFolder(path.dirname(path.resolve(file)), () => {
    if (stateOf(file) !== seen) later(quiet, false);
  });
  const poll = setInterval(() => look(false), interval);
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

function stateOf(file: string): string {
  const found = statSync(file, { bigint: true, throwIfNoEntry: false });
  return found ? `${found.ino} ${found.size} ${found.mtimeNs}` : '';
}
