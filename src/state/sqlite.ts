import { endOf, guarded, openState } from './database.ts';
import type { Store } from './store.ts';

/**
 * The store in one SQLite file (0600). Opened for one process only: a second node on the same file is refused.
 * @throws HeddleError ERR_NODE_RUNNING when another process has it, ERR_STATE when it is damaged, ERR_STATE_NEWER, ERR_DISK_FULL
 */
export function openSqliteStore(file: string): Store {
  const db = openState(file, migrations, 'state');
  const select = db.prepare('SELECT value FROM state WHERE key = ?');
  const upsert = db.prepare(
    'INSERT INTO state (key, value) VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value',
  );
  const remove = db.prepare('DELETE FROM state WHERE key = ?');
  const range = db.prepare('SELECT key, value FROM state WHERE key >= ? AND key < ? ORDER BY key');
  return {
    get: (key) => {
      const row = guarded(file, () => select.get(key));
      return row && JSON.parse(row.value as string);
    },
    put: (key, value) => void guarded(file, () => upsert.run(key, JSON.stringify(value))),
    delete: (key) => void guarded(file, () => remove.run(key)),
    list: (prefix) =>
      guarded(file, () => range.all(prefix, endOf(prefix))).map(({ key, value }) => ({
        key: key as string,
        value: JSON.parse(value as string) as unknown,
      })),
    close: () => void db.close(),
  };
}

const migrations = [
  // May be there already: files had no version at first.
  'CREATE TABLE IF NOT EXISTS state (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID, STRICT',
];
