import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { RunningFile } from './running-file.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'heddle-'));
afterAll(() => rmSync(folder, { recursive: true }));

test('is true while the process that wrote it runs, and of no other with its number', () => {
  const file = new RunningFile(folder);
  expect(file.isTrue()).toBe(false);
  file.write();
  expect(file.isTrue()).toBe(true);
  writeFileSync(path.join(folder, 'running'), `${process.pid} 1`);
  expect(file.isTrue()).toBe(false);
  writeFileSync(path.join(folder, 'running'), 'nonsense');
  expect(file.isTrue()).toBe(false);
  file.write();
  file.remove();
  expect(file.isTrue()).toBe(false);
});
