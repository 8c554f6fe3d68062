import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { KeptFile } from './kept-file.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'heddle-kept-'));
afterAll(() => rmSync(folder, { recursive: true }));

test('what was kept last is read by the process that comes next, and what was spoilt is nothing', async () => {
  const file = new KeptFile<Record<string, number>>(folder, 'used.json');
  expect(file.read()).toEqual({});
  file.write({ b: 1 });
  file.write({ b: 2 });
  await file.close();
  expect(new KeptFile(folder, 'used.json').read()).toEqual({ b: 2 });
  for (const spoilt of ['{"b":', 'null', '7']) {
    writeFileSync(path.join(folder, 'used.json'), spoilt);
    expect(file.read()).toEqual({});
  }
});
