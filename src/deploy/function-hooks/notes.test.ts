import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { StateFolder } from '../state-folder.ts';
import { forgetNotes, notesOfRun, readNotes, withCall, writeNotes } from './notes.ts';

let dir: string;
let folder: StateFolder;

beforeEach(() => {
  dir = mkdtempSync(path.join(tmpdir(), 'hook-notes-'));
  folder = new StateFolder(dir, 'shop');
});
afterEach(() => rmSync(dir, { recursive: true }));

test('what is noted of a function outlives the node, until it is forgotten', async () => {
  const call = { digest: 'd', at: '2026-01-01T00:00:00Z', took: 5 };
  const notes = withCall(notesOfRun(undefined, 'run'), 'configure', call, { outputs: { port: 1, up: true } });
  await writeNotes(folder, 'shop-fw-1', { ...notes, begun: { hook: 'start', id: 'ab' } });
  expect(await readNotes(folder, 'shop-fw-1')).toEqual({ ...notes, begun: { hook: 'start', id: 'ab' } });
  expect(await readNotes(folder, 'shop-fw-2')).toBeUndefined();
  await forgetNotes(folder, 'shop-fw-1');
  await forgetNotes(folder, 'shop-fw-1');
  expect(await readNotes(folder, 'shop-fw-1')).toBeUndefined();
});

test('of a file that is damaged nothing is known', async () => {
  await writeNotes(folder, 'shop-fw-1', notesOfRun(undefined, 'run'));
  writeFileSync(path.join(folder.path, 'hooks/shop-fw-1.json'), '{');
  expect(await readNotes(folder, 'shop-fw-1')).toBeUndefined();
});
