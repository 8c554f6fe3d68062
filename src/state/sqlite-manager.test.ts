import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { stateSuite } from '../../test/support/state-suite.ts';
import { most } from './commit-limits.ts';
import { openSqliteManager } from './sqlite-manager.ts';

describe('the state in SQLite', () => {
  let folder: string;
  let file: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'heddle-state-'));
    file = path.join(folder, 'networks.db');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  describe('is a state manager:', () => stateSuite(async () => openSqliteManager(file, undefined, most)));

  test('takes more at once than one that nodes share', async () => {
    const state = openSqliteManager(file);
    const many = Array.from({ length: 5000 }, (_, index) => ({ key: `${index}`, value: 1 }));
    expect(await state.commit([], many)).toBeGreaterThan(0);
    expect((await state.list('')).entries).toHaveLength(5000);
    await state.close();
  });

  test('is its owner’s alone, and one process’s', async () => {
    const state = openSqliteManager(file);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(() => openSqliteManager(file)).toThrow(expect.objectContaining({ code: 'ERR_NODE_RUNNING' }));
    await state.close();
  });

  test('that is damaged is refused when it is opened', async () => {
    const state = openSqliteManager(file);
    for (let key = 0; key < 50; key++) await state.commit([], [{ key: `${key}`, value: 'x'.repeat(4000) }]);
    await state.close();
    const bytes = readFileSync(file);
    writeFileSync(file, bytes.fill(0x5a, 8192, 40_000));
    expect(() => openSqliteManager(file)).toThrow(expect.objectContaining({ code: 'ERR_STATE' }));
  });

  test('refuses to tell changes that are not kept any more', async () => {
    const state = openSqliteManager(file, 3);
    for (let value = 0; value < 5; value++) await state.commit([], [{ key: 'a', value }]);
    const watching = async () => {
      for await (const one of state.watch('', 0, AbortSignal.timeout(1000))) return one;
    };
    await expect(watching()).rejects.toThrow(expect.objectContaining({ code: 'ERR_WATCH_EXPIRED' }));
    await state.close();
  });
});
