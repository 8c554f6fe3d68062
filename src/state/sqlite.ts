import type { DatabaseSync } from 'node:sqlite';
import { guarded, openDatabase } from './database.ts';
import type { Store } from './store.ts';

/**
 * The store in one SQLite file (0600). Opened for one process only: a second node on the same file is refused.
 * @throws HeddleError ERR_NODE_RUNNING when another process has it, ERR_STATE when it is damaged, ERR_STATE_NEWER, ERR_DISK_FULL
 */
export function openSqliteStore(file: string): Store {
  const db = guarded(file, () => open(file));
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
      guarded(file, () => range.all(prefix, `${prefix}\u{10ffff}`)).map(({ key, value }) => ({
        key: key as string,
        value: JSON.parse(value as string) as unknown,
      })),
    close: () => void db.close(),
  };
}

const pragmas = ['locking_mode = EXCLUSIVE', 'journal_mode = WAL', 'synchronous = FULL'];
const migrations = [
  // May be there already: files had no version at first.
  'CREATE TABLE IF NOT EXISTS state (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID, STRICT',
];

function open(file: string): DatabaseSync {
  const db = openDatabase(file, pragmas, migrations);
  refuseDamage(db);
  return db;
}

/** Damage is found when the file is opened, and not when an application is looked for in vain. */
function refuseDamage(db: DatabaseSync): void {
  const found = db.prepare('PRAGMA quick_check(1)').get()?.quick_check;
  if (found !== 'ok') throw new Error(`it is damaged: ${found}`);
  const rows = db.prepare('SELECT key, json_valid(value) AS valid FROM state').all();
  const broken = rows.filter(({ valid }) => valid === 0);
  if (broken.length > 0) throw new Error(`it is damaged at ${broken.map(({ key }) => key).join(', ')}`);
}
