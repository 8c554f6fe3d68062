import { chmodSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { HeddleError } from '../lib/errors.ts';
import { newerError } from './record.ts';

/** Milliseconds to wait for another process that has the file. */
const timeout = 500;

/**
 * An SQLite file (0600) with a write-ahead log. `migrations`: number N makes a file of version N one of version N + 1; a
 * new one is of version 0, and so is one from before files bore a version.
 * @throws HeddleError ERR_STATE_NEWER; Error of SQLite, see {@link failureOf}
 */
export function openDatabase(
  file: string,
  pragmas: readonly string[],
  migrations: readonly string[],
): DatabaseSync {
  const db = new DatabaseSync(file, { timeout });
  try {
    for (const pragma of pragmas) db.exec(`PRAGMA ${pragma}`);
    migrate(db, file, migrations);
    chmodSync(file, 0o600);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

function migrate(db: DatabaseSync, file: string, migrations: readonly string[]): void {
  const version = Number(db.prepare('PRAGMA user_version').get()?.user_version);
  if (version > migrations.length) throw newerError(file, version, migrations.length);
  if (version === migrations.length) return;
  inTransaction(db, () => {
    for (const change of migrations.slice(version)) db.exec(change);
    db.exec(`PRAGMA user_version = ${migrations.length}`);
  });
}

/** Does several changes, all or none. */
export function inTransaction(db: DatabaseSync, work: () => void): void {
  db.exec('BEGIN IMMEDIATE');
  try {
    work();
    db.exec('COMMIT');
  } catch (error) {
    // A full disk ends the transaction by itself.
    if (db.isTransaction) db.exec('ROLLBACK');
    throw error;
  }
}

export type Failure = 'busy' | 'full' | 'damaged' | 'other';

/** What an error of SQLite means, by its primary result code (https://sqlite.org/rescode.html). */
export function failureOf(error: unknown): Failure {
  const { errcode = 0 } = error as { errcode?: number };
  return failures[errcode & 0xff] ?? 'other';
}

const failures: Readonly<Record<number, Failure>> = { 5: 'busy', 11: 'damaged', 13: 'full', 26: 'damaged' };

/**
 * Does something with the file of a state, and says what is wrong with it when that fails.
 * @throws HeddleError ERR_NODE_RUNNING, ERR_DISK_FULL, ERR_STATE
 */
export function guarded<T>(file: string, work: () => T): T {
  try {
    return work();
  } catch (cause) {
    if (cause instanceof HeddleError) throw cause;
    const failure = failureOf(cause);
    if (failure === 'busy') {
      throw new HeddleError('ERR_NODE_RUNNING', `another node uses the state in ${file}`, { cause });
    }
    const code = failure === 'full' ? 'ERR_DISK_FULL' : 'ERR_STATE';
    throw new HeddleError(code, `${file}: ${(cause as Error).message}`, { cause });
  }
}

const pragmas = ['locking_mode = EXCLUSIVE', 'journal_mode = WAL', 'synchronous = FULL'];

/**
 * A state in an SQLite file that no other process has, whole. `table`: where its keys are, with values of JSON.
 * @throws HeddleError ERR_NODE_RUNNING when another process has it, ERR_STATE when it is damaged, ERR_STATE_NEWER, ERR_DISK_FULL
 */
export function openState(file: string, migrations: readonly string[], table: string): DatabaseSync {
  return guarded(file, () => {
    const db = openDatabase(file, pragmas, migrations);
    try {
      refuseDamage(db, table);
      return db;
    } catch (error) {
      db.close();
      throw error;
    }
  });
}

/** Damage is found when the file is opened, and not when an application is looked for in vain. */
function refuseDamage(db: DatabaseSync, table: string): void {
  const found = db.prepare('PRAGMA quick_check(1)').get()?.quick_check;
  if (found !== 'ok') throw new Error(`it is damaged: ${found}`);
  const rows = db.prepare(`SELECT key, json_valid(value) AS valid FROM ${table}`).all();
  const broken = rows.filter(({ valid }) => valid === 0);
  if (broken.length > 0) throw new Error(`it is damaged at ${broken.map(({ key }) => key).join(', ')}`);
}

/** The first key behind all that begin with a prefix, as far as keys go. */
export function endOf(prefix: string): string {
  return `${prefix}\u{10ffff}`;
}
