import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { changesBelow } from './changes.ts';

test('what changes before anybody asks is told', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'heddle-changes-'));
  const stop = new AbortController();
  try {
    const changes = changesBelow([folder], stop.signal);
    mkdirSync(path.join(folder, 'deep'));
    const { value } = await changes.next();
    expect(value).toContainEqual({ path: path.join(folder, 'deep'), exists: true });
  } finally {
    stop.abort();
    rmSync(folder, { recursive: true });
  }
});
