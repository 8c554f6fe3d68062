import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeEach, expect, test } from 'vitest';
import { largestObject } from './check-program.ts';
import { readProgram } from './program-file.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'heddle-program-'));
const file = path.join(folder, 'own.o');
const read = (name = 'own') => readProgram('network lab: program own', folder, name);
const refused = (why: string) =>
  expect.objectContaining({
    code: 'ERR_NETWORK_PROGRAM',
    message: expect.stringContaining(`network lab: program own (${folder}/`) && expect.stringContaining(why),
  });

beforeEach(() => {
  chmodSync(folder, 0o700);
  rmSync(file, { recursive: true, force: true });
  writeFileSync(file, 'object', { mode: 0o644 });
});
afterAll(() => rmSync(folder, { recursive: true }));

test('a program is read from the folder of such, by its name', () => {
  expect(read().toString()).toBe('object');
  symlinkSync(file, path.join(folder, 'other.o'));
  expect(read('other').toString()).toBe('object');
});

test('what is no file of a reasonable size is none', () => {
  expect(() => read('absent')).toThrow(refused('cannot be read: ENOENT'));
  truncateSync(file, largestObject + 1);
  expect(() => read()).toThrow(refused('has more than 1 MiB'));
  rmSync(file);
  mkdirSync(file);
  expect(() => read()).toThrow(refused('is no file'));
  rmSync(file, { recursive: true });
  execFileSync('mkfifo', [file]);
  expect(() => read()).toThrow(refused('is no file'));
});

test('what others than root may change is none', () => {
  chmodSync(file, 0o646);
  expect(() => read()).toThrow(refused('may be changed by others'));
  chmodSync(file, 0o644);
  chmodSync(folder, 0o777);
  expect(() => read()).toThrow(refused('may be changed by others'));
});
