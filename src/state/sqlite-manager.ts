import { EventEmitter, on } from 'node:events';
import type { DatabaseSync } from 'node:sqlite';
import { HeddleError } from '../lib/errors.ts';
import { endOf, guarded, inTransaction, openState } from './database.ts';
import type { Change, Changed, Condition, Entry, Listing, StateManager } from './state-manager.ts';

const usual = 10_000;

const migrations = [
  `CREATE TABLE entries (key TEXT PRIMARY KEY, value TEXT NOT NULL, revision INTEGER NOT NULL) WITHOUT ROWID, STRICT;
   CREATE TABLE changes (revision INTEGER NOT NULL, key TEXT NOT NULL, value TEXT, PRIMARY KEY (revision, key)) WITHOUT ROWID, STRICT`,
];

/**
 * The state of one node, in one SQLite file (0600) that no other process has. `kept`: how many changes are told to those who
 * watch and were away.
 * @throws HeddleError ERR_NODE_RUNNING when another process has it, ERR_STATE when it is damaged, ERR_STATE_NEWER, ERR_DISK_FULL
 */
export function openSqliteManager(file: string, kept = usual): StateManager {
  return new SqliteManager(file, kept);
}

class SqliteManager implements StateManager {
  readonly #file: string;
  readonly #kept: number;
  readonly #db: DatabaseSync;
  readonly #changes = new EventEmitter().setMaxListeners(0);
  readonly #select;
  readonly #range;
  readonly #upsert;
  readonly #remove;
  readonly #note;
  readonly #forget;
  readonly #since;
  #revision: number;

  constructor(file: string, kept: number) {
    this.#file = file;
    this.#kept = kept;
    this.#db = openState(file, migrations, 'entries');
    const prepare = (sql: string) => this.#db.prepare(sql);
    this.#select = prepare('SELECT value, revision FROM entries WHERE key = ?');
    this.#range = prepare('SELECT key, value, revision FROM entries WHERE key >= ? AND key < ? ORDER BY key');
    this.#upsert = prepare(
      `INSERT INTO entries (key, value, revision) VALUES (?, ?, ?)
       ON CONFLICT DO UPDATE SET value = excluded.value, revision = excluded.revision`,
    );
    this.#remove = prepare('DELETE FROM entries WHERE key = ?');
    this.#note = prepare('INSERT OR REPLACE INTO changes (revision, key, value) VALUES (?, ?, ?)');
    this.#forget = prepare('DELETE FROM changes WHERE revision <= ?');
    this.#since = prepare(
      'SELECT revision, key, value FROM changes WHERE revision > ? AND key >= ? AND key < ? ORDER BY revision, key',
    );
    const last = guarded(file, () => prepare('SELECT max(revision) AS last FROM changes').get());
    this.#revision = Number(last?.last ?? 0);
  }

  async get(key: string): Promise<Entry | undefined> {
    const row = guarded(this.#file, () => this.#select.get(key));
    return row && { key, value: JSON.parse(row.value as string), revision: row.revision as number };
  }

  async list(prefix: string): Promise<Listing> {
    const rows = guarded(this.#file, () => this.#range.all(prefix, endOf(prefix)));
    const entries = rows.map(({ key, value, revision }) => ({
      key: key as string,
      value: JSON.parse(value as string) as unknown,
      revision: revision as number,
    }));
    return { entries, revision: this.#revision };
  }

  async commit(conditions: readonly Condition[], changes: readonly Change[]): Promise<number | undefined> {
    const revision = this.#revision + 1;
    const done = guarded(this.#file, () => {
      const holds = ({ key, revision: expected }: Condition) =>
        Number(this.#select.get(key)?.revision ?? 0) === expected;
      if (!conditions.every(holds)) return false;
      inTransaction(this.#db, () => {
        for (const change of changes) this.#write(change, revision);
        this.#forget.run(revision - this.#kept);
      });
      return true;
    });
    if (!done) return undefined;
    this.#revision = revision;
    for (const change of changes) {
      this.#changes.emit('changed', {
        key: change.key,
        revision,
        ...('value' in change && { value: change.value }),
      } satisfies Changed);
    }
    return revision;
  }

  async *watch(prefix: string, after: number, signal: AbortSignal): AsyncIterable<Changed> {
    if (after < this.#revision - this.#kept) throw expiredError(after);
    // Listens before it reads what was: nothing falls between the two.
    const news = on(this.#changes, 'changed', { signal });
    try {
      for (const { key, revision, value } of guarded(this.#file, () =>
        this.#since.all(after, prefix, endOf(prefix)),
      )) {
        const changed = { key: key as string, revision: revision as number };
        yield value === null ? changed : { ...changed, value: JSON.parse(value as string) };
      }
      for await (const [changed] of news as AsyncIterable<[Changed]>) {
        if (changed.key.startsWith(prefix)) yield changed;
      }
    } catch (error) {
      if (!signal.aborted) throw error;
    } finally {
      await news.return?.();
    }
  }

  async close(): Promise<void> {
    this.#db.close();
  }

  #write(change: Change, revision: number): void {
    const value = 'value' in change ? JSON.stringify(change.value) : null;
    if (value === null) this.#remove.run(change.key);
    else this.#upsert.run(change.key, value, revision);
    this.#note.run(revision, change.key, value);
  }
}

function expiredError(after: number): HeddleError {
  return new HeddleError('ERR_WATCH_EXPIRED', `changes after revision ${after} are not kept any more`);
}
