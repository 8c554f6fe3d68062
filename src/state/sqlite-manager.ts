import { EventEmitter, on } from 'node:events';
import type { DatabaseSync } from 'node:sqlite';
import { type Limits, mostHere, type Writing, writingsOf } from './commit-limits.ts';
import { endOf, guarded, inTransaction, openState } from './database.ts';
import { expiredError } from './expired-error.ts';
import { SqliteLease } from './sqlite-lease.ts';
import type { Change, Changed, Condition, Entry, Lease, Listing, StateManager } from './state-manager.ts';

const usual = 10_000;

const migrations = [
  `CREATE TABLE entries (key TEXT PRIMARY KEY, value TEXT NOT NULL, revision INTEGER NOT NULL) WITHOUT ROWID, STRICT;
   CREATE TABLE changes (revision INTEGER NOT NULL, key TEXT NOT NULL, value TEXT, PRIMARY KEY (revision, key)) WITHOUT ROWID, STRICT`,
  // Of what goes when this process does.
  'ALTER TABLE entries ADD COLUMN lease TEXT',
];

/**
 * The state of one node, in one SQLite file (0600) that no other process has. `kept`: how many changes are told to those who
 * watch and were away; `limits`: of a commit.
 * @throws HeddleError ERR_NODE_RUNNING when another process has it, ERR_STATE when it is damaged, ERR_STATE_NEWER, ERR_DISK_FULL
 */
export function openSqliteManager(file: string, kept = usual, limits = mostHere): StateManager {
  return new SqliteManager(file, kept, limits);
}

class SqliteManager implements StateManager {
  readonly isCurrent = true;
  readonly #file: string;
  readonly #kept: number;
  readonly #limits: Limits;
  readonly #db: DatabaseSync;
  readonly #changes = new EventEmitter().setMaxListeners(0);
  readonly #select;
  readonly #range;
  readonly #upsert;
  readonly #remove;
  readonly #note;
  readonly #forget;
  readonly #since;
  readonly #leased;
  #revision: number;

  constructor(file: string, kept: number, limits: Limits) {
    this.#file = file;
    this.#kept = kept;
    this.#limits = limits;
    this.#db = openState(file, migrations, 'entries');
    const prepare = (sql: string) => this.#db.prepare(sql);
    this.#select = prepare('SELECT value, revision FROM entries WHERE key = ?');
    this.#range = prepare('SELECT key, value, revision FROM entries WHERE key >= ? AND key < ? ORDER BY key');
    this.#upsert = prepare(
      `INSERT INTO entries (key, value, revision, lease) VALUES (?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET value = excluded.value, revision = excluded.revision, lease = excluded.lease`,
    );
    this.#remove = prepare('DELETE FROM entries WHERE key = ?');
    this.#note = prepare('INSERT OR REPLACE INTO changes (revision, key, value) VALUES (?, ?, ?)');
    this.#forget = prepare('DELETE FROM changes WHERE revision <= ?');
    this.#since = prepare(
      'SELECT revision, key, value FROM changes WHERE revision > ? AND key >= ? AND key < ? ORDER BY revision, key',
    );
    this.#leased = prepare('SELECT key FROM entries WHERE lease = ? OR (? IS NULL AND lease IS NOT NULL)');
    const last = guarded(file, () => prepare('SELECT max(revision) AS last FROM changes').get());
    this.#revision = Number(last?.last ?? 0);
    this.#end(null);
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
    const writings = writingsOf(conditions, changes, this.#limits);
    const holds = ({ key, revision }: Condition) => Number(this.#select.get(key)?.revision ?? 0) === revision;
    if (!guarded(this.#file, () => conditions.every(holds))) return undefined;
    return this.#make(writings);
  }

  async *watch(prefix: string, after: number, signal: AbortSignal): AsyncIterable<Changed> {
    // One that counts further has read what was kept before this was begun anew.
    if (after < this.#revision - this.#kept || after > this.#revision) throw expiredError(after);
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

  async lease(): Promise<Lease> {
    return new SqliteLease((id) => this.#end(id));
  }

  async close(): Promise<void> {
    this.#db.close();
  }

  /** Deletes what bears a lease, or any. */
  #end(lease: string | null): void {
    const rows = guarded(this.#file, () => this.#leased.all(lease, lease));
    if (rows.length === 0) return;
    this.#make(rows.map(({ key }) => ({ key: key as string, text: undefined, lease: undefined })));
  }

  #make(writings: readonly Writing[]): number {
    const revision = this.#revision + 1;
    const changes: Changed[] = [];
    guarded(this.#file, () =>
      inTransaction(this.#db, () => {
        for (const writing of writings)
          if (this.#write(writing, revision)) changes.push(changed(writing, revision));
        this.#forget.run(revision - this.#kept);
      }),
    );
    // What changes nothing has no revision of its own.
    if (changes.length === 0) return this.#revision;
    this.#revision = revision;
    for (const one of changes) this.#changes.emit('changed', one);
    return revision;
  }

  /** Whether that is a change: what is not there is not deleted. */
  #write({ key, text, lease }: Writing, revision: number): boolean {
    const id = lease instanceof SqliteLease ? lease.id : null;
    const { changes } =
      text === undefined ? this.#remove.run(key) : this.#upsert.run(key, text, revision, id);
    if (changes === 0) return false;
    this.#note.run(revision, key, text ?? null);
    return true;
  }
}

function changed({ key, text }: Writing, revision: number): Changed {
  return text === undefined ? { key, revision } : { key, revision, value: JSON.parse(text) };
}
