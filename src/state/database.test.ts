import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openDatabase } from './database.ts';
import { History } from './history.ts';
import { openSqliteStore } from './sqlite.ts';

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'heddle-database-'));
  file = path.join(folder, 'file.db');
});
afterEach(() => rmSync(folder, { recursive: true }));
/** Writes into the file as another version of Heddle might have. */
const write = (...statements: string[]) => {
  const db = new DatabaseSync(file);
  for (const statement of statements) db.exec(statement);
  db.close();
};
const newer = expect.objectContaining({ code: 'ERR_STATE_NEWER', message: expect.stringContaining('99') });

describe('a database', () => {
  test('is brought to today’s version once, all of it or nothing', () => {
    const steps = ['CREATE TABLE one (a)', 'ALTER TABLE one ADD COLUMN b'];
    openDatabase(file, [], steps.slice(0, 1)).close();
    expect(() => openDatabase(file, [], [...steps, 'nonsense'])).toThrow();
    const db = openDatabase(file, [], steps);
    db.exec('INSERT INTO one (a, b) VALUES (1, 2)');
    db.close();
    openDatabase(file, [], steps).close();
  });

  test('of a newer version is refused', () => {
    write('PRAGMA user_version = 99');
    expect(() => openDatabase(file, [], [])).toThrow(newer);
    expect(() => openSqliteStore(file)).toThrow(newer);
  });

  test('from before there were versions keeps what it has', () => {
    write(
      'CREATE TABLE state (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID, STRICT',
      `INSERT INTO state VALUES ('applications/shop', '{"a":1}')`,
    );
    const store = openSqliteStore(file);
    expect(store.get('applications/shop')).toEqual({ a: 1 });
    store.close();
  });

  test('of figures from before there were versions keeps them; a newer one is put aside, and that is said', () => {
    write(
      `CREATE TABLE tenure (project TEXT NOT NULL, address TEXT NOT NULL, pod TEXT NOT NULL, service TEXT,
        since INTEGER NOT NULL, until INTEGER NOT NULL, PRIMARY KEY (project, address, since)) WITHOUT ROWID, STRICT`,
      `INSERT INTO tenure VALUES ('shop', '10.0.0.2', 'shop-web-1', 'web', 1, 2)`,
    );
    const history = new History(file);
    expect(history.assignments('shop', 0)).toHaveLength(1);
    expect(history.aside).toBeUndefined();
    history.close();
    write('PRAGMA user_version = 99');
    const anew = new History(file);
    expect(anew.aside).toEqual(newer);
    expect(anew.assignments('shop', 0)).toEqual([]);
    anew.close();
  });
});
