import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, test, vi } from 'vitest';
import { FolderWatch } from './folder-watch.ts';

const above = mkdtempSync(path.join(tmpdir(), 'heddle-watch-'));
afterAll(() => rmSync(above, { recursive: true }));

test('a file that is put into the folder is told of, once for what happens at once', async () => {
  const folder = path.join(above, 'programs');
  const changed = vi.fn();
  const watch = new FolderWatch(folder, changed);
  watch.start();
  mkdirSync(folder);
  watch.start();
  writeFileSync(path.join(above, 'next'), 'object');
  renameSync(path.join(above, 'next'), path.join(folder, 'own.o'));
  writeFileSync(path.join(folder, 'own.o'), 'another');
  await vi.waitFor(() => expect(changed).toHaveBeenCalledTimes(1), 5000);
  rmSync(folder, { recursive: true });
  mkdirSync(folder);
  await vi.waitFor(() => expect(changed).toHaveBeenCalledTimes(2), 5000);
  watch.start();
  writeFileSync(path.join(folder, 'own.o'), 'object');
  await vi.waitFor(() => expect(changed).toHaveBeenCalledTimes(3), 5000);
  watch.stop();
});
