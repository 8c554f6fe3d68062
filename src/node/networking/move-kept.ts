import { existsSync, rmSync } from 'node:fs';
import type { Archetype } from '../../networks/standard/archetype.ts';
import { inCommits } from '../../state/commit-limits.ts';
import { openSqliteManager } from '../../state/sqlite-manager.ts';
import type { StateManager } from '../../state/state-manager.ts';
import { stateFile } from './service-files.ts';

/** What the state has of one archetype. */
export const parts = ['networks', 'endpoints', 'registry', 'left', 'owed'] as const;

/**
 * Moves what is kept of services that run in another process than before to where they look for it. What is moved is where it
 * was until it is where it should be.
 * @throws HeddleError ERR_STATE
 */
export async function moveKept(
  host: StateManager,
  stateDir: string,
  archetypes: readonly Pick<Archetype, 'name'>[],
  isOwn: (archetype: string) => boolean,
): Promise<void> {
  for (const { name } of archetypes) {
    const file = stateFile(stateDir, name);
    if (isOwn(name) && (await isEmpty(host, name))) continue;
    if (!isOwn(name) && !existsSync(file)) continue;
    const own = openSqliteManager(file);
    try {
      if (isOwn(name)) await move(host, own, name);
      else await move(own, host, name);
    } finally {
      await own.close();
    }
    if (!isOwn(name)) for (const end of ['', '-wal', '-shm']) rmSync(`${file}${end}`, { force: true });
  }
}

async function isEmpty(state: StateManager, name: string): Promise<boolean> {
  const lists = await Promise.all(parts.map((part) => state.list(`${part}/${name}/`)));
  return lists.every(({ entries }) => entries.length === 0);
}

async function move(from: StateManager, to: StateManager, name: string): Promise<void> {
  const lists = await Promise.all(parts.map((part) => from.list(`${part}/${name}/`)));
  const entries = lists.flatMap((list) => list.entries);
  // What was moved in part is moved again: its service does not run yet.
  for (const some of inCommits(entries.map(({ key, value }) => ({ key, value })))) await to.commit([], some);
  for (const some of inCommits(entries.map(({ key }) => ({ key, delete: true }))))
    await from.commit([], some);
}
