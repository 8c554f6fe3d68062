import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openSqliteStore } from './sqlite.ts';

describe('the store', () => {
  let folder: string;
  let file: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'heddle-store-'));
    file = path.join(folder, 'state.db');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  /** Twenty applications, on disk. */
  const fill = () => {
    const store = openSqliteStore(file);
    for (let i = 0; i < 20; i++) store.put(`applications/a${i}`, { text: `${i}`.repeat(2000) });
    store.close();
  };
  const opening = () => openSqliteStore(file).close();

  test('has after a restart what it had before, for its owner alone', () => {
    fill();
    const store = openSqliteStore(file);
    expect(store.list('applications/')).toHaveLength(20);
    expect(store.get('applications/a3')).toEqual({ text: '3'.repeat(2000) });
    expect(statSync(file).mode & 0o777).toBe(0o600);
    store.close();
  });

  test('is one node’s only', () => {
    const store = openSqliteStore(file);
    expect(opening).toThrow(expect.objectContaining({ code: 'ERR_NODE_RUNNING' }));
    store.close();
  });

  test.each([
    ['is no database', () => writeFileSync(file, Buffer.alloc(20_000, 'x'))],
    ['has a page overwritten', () => writeFileSync(file, readFileSync(file).fill(0xa5, 8192, 16_384))],
    ['has been cut', () => writeFileSync(file, readFileSync(file).subarray(0, 12_288))],
    [
      'has a value that is no JSON any more',
      () => {
        // In every page that has it, those included that the file keeps for later.
        const content = readFileSync(file, 'latin1').replaceAll('{"text":"7', '~'.repeat(10));
        writeFileSync(file, content, 'latin1');
      },
    ],
  ])('names its file when that %s', (_, damage) => {
    fill();
    damage();
    expect(opening).toThrow(
      expect.objectContaining({ code: 'ERR_STATE', message: expect.stringContaining(file) }),
    );
  });
});
