import { existsSync, type FSWatcher, statSync, watch } from 'node:fs';
import path from 'node:path';
import { HeddleError } from '../../lib/errors.ts';
import type { Change } from './rules.ts';

/** Milliseconds without a further change after which those that came are one: editors and checkouts write many files. */
const quiet = 300;

/** What changes below paths of this host from now on, in gatherings, until the signal aborts. */
export function changesBelow(paths: readonly string[], signal: AbortSignal): AsyncGenerator<Change[]> {
  const gathered = new Set<string>();
  let wake: () => void = () => {};
  let timer: NodeJS.Timeout | undefined;
  let failure: unknown;
  const note = (changed: string) => {
    gathered.add(changed);
    clearTimeout(timer);
    timer = setTimeout(() => wake(), quiet);
  };
  const fail = (error: unknown) => {
    failure = error;
    wake();
  };
  const watchers = paths.map((one) => watched(one, note, fail));
  signal.addEventListener('abort', () => wake());
  return (async function* () {
    try {
      while (!signal.aborted) {
        await new Promise<void>((resolve) => {
          wake = resolve;
          // What was noted while nobody waited had its quiet, too.
          if (signal.aborted || failure !== undefined || gathered.size > 0) resolve();
        });
        if (failure !== undefined) throw failure;
        const all = [...gathered];
        gathered.clear();
        if (all.length > 0) yield all.map((changed) => ({ path: changed, exists: existsSync(changed) }));
      }
    } finally {
      clearTimeout(timer);
      for (const watcher of watchers) watcher.close();
    }
  })();
}

/** A file is watched by its folder: editors put another in its place. */
function watched(target: string, note: (path: string) => void, fail: (error: unknown) => void): FSWatcher {
  let isFolder: boolean;
  try {
    isFolder = statSync(target).isDirectory();
  } catch (cause) {
    throw new HeddleError('ERR_FILE_NOT_FOUND', `${target}: ${(cause as Error).message}`, { cause });
  }
  const folder = isFolder ? target : path.dirname(target);
  const watcher = watch(folder, { recursive: isFolder }, (_event, name) => {
    if (name === null) return;
    const changed = path.join(folder, name);
    if (isFolder || changed === target) note(changed);
  });
  return watcher.on('error', fail);
}
