import { chmodSync } from 'node:fs';
import Database from 'better-sqlite3';
import { HeddleError } from '../lib/errors.ts';
import type { Store } from './store.ts';

/**
 * The store in one SQLite file (0600). Opened for one process only: a second node on the same file is refused.
 * @throws HeddleError ERR_NODE_RUNNING when another process has it, ERR_STATE when it is damaged, ERR_DISK_FULL
 */
export function openSqliteStore(file: string): Store {
  const db = guarded(file, () => open(file));
  const select = db.prepare<[string], { value: string }>('SELECT value FROM state WHERE key = ?');
  const upsert = db.prepare(
    'INSERT INTO state (key, value) VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value',
  );
  const remove = db.prepare('DELETE FROM state WHERE key = ?');
  const range = db.prepare<[string, string], { key: string; value: string }>(
    'SELECT key, value FROM state WHERE key >= ? AND key < ? ORDER BY key',
  );
  return {
    get: <T>(key: string) => {
      const row = guarded(file, () => select.get(key));
      return row && (JSON.parse(row.value) as T);
    },
    put: (key, value) => void guarded(file, () => upsert.run(key, JSON.stringify(value))),
    delete: (key) => void guarded(file, () => remove.run(key)),
    list: <T>(prefix: string) =>
      guarded(file, () => range.all(prefix, `${prefix}\u{10ffff}`)).map(({ key, value }) => ({
        key,
        value: JSON.parse(value) as T,
      })),
    close: () => void db.close(),
  };
}

function open(file: string): Database.Database {
  const db = new Database(file, { timeout: 500 });
  db.pragma('locking_mode = EXCLUSIVE');
  db.pragma('journal_mode = WAL');
  db.pragma('synchronous = FULL');
  db.exec(
    'CREATE TABLE IF NOT EXISTS state (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID, STRICT',
  );
  chmodSync(file, 0o600);
  refuseDamage(db);
  return db;
}

/** Damage is found when the file is opened, and not when an application is looked for in vain. */
function refuseDamage(db: Database.Database): void {
  const found = db.pragma('quick_check(1)', { simple: true });
  if (found !== 'ok') throw new Error(`it is damaged: ${found}`);
  const rows = db.prepare<[], { key: string; valid: number }>(
    'SELECT key, json_valid(value) AS valid FROM state',
  );
  const broken = rows.all().filter(({ valid }) => valid === 0);
  if (broken.length > 0) throw new Error(`it is damaged at ${broken.map(({ key }) => key).join(', ')}`);
}

/** Does something with the file, and says what is wrong with it when that fails. */
function guarded<T>(file: string, work: () => T): T {
  try {
    return work();
  } catch (cause) {
    const { code, message } = cause as { code?: string; message: string };
    if (code === 'SQLITE_BUSY') {
      throw new HeddleError('ERR_NODE_RUNNING', `another node uses the state in ${file}`, { cause });
    }
    throw new HeddleError(code === 'SQLITE_FULL' ? 'ERR_DISK_FULL' : 'ERR_STATE', `${file}: ${message}`, {
      cause,
    });
  }
}
