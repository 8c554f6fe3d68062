import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { changesBelow } from './changes.ts';

test('what changes before anybody asks is told, and new folders with what is in them', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'heddle-changes-'));
  const stop = new AbortController();
  try {
    const changes = changesBelow([folder], stop.signal);
    mkdirSync(path.join(folder, 'deep'));
    writeFileSync(path.join(folder, 'deep/b'), 'two');
    const seen = new Set<string>();
    for await (const some of changes) {
      for (const change of some) seen.add(change.path);
      if (seen.has(path.join(folder, 'deep/b')) || seen.has(path.join(folder, 'deep'))) break;
    }
    expect(seen).toContain(path.join(folder, 'deep'));
  } finally {
    stop.abort();
    rmSync(folder, { recursive: true });
  }
});
