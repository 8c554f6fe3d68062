import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { nodeFileReader } from './node-file-reader.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'heddle-reader-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const at = (name: string) => path.join(folder, name);
const read = (file: string) => nodeFileReader.readFile(file, 'the file x');

test('what is no file is refused by the name that its reader knows, and by what it is', () => {
  mkdirSync(at('folder'));
  writeFileSync(at('huge'), '');
  truncateSync(at('huge'), 2 ** 40);
  execFileSync('ln', ['-s', 'ring', at('ring')]);
  expect(() => read('/dev/zero')).toThrow('the file x cannot be read: it is a device, not a file');
  expect(() => read(at('folder'))).toThrow('the file x cannot be read: it is a folder, not a file');
  expect(() => read(at('huge'))).toThrow('the file x cannot be read: it is larger than 10 MiB');
  expect(() => read(at('ring'))).toThrow('its links lead in a circle');
  expect(() => read(at('a\0b'))).toThrow('its name holds a character that no path has');
  expect(() => read(at('folder/x/y'.replace('folder', 'huge')))).toThrow('its folder is none');
  expect(read(at('none'))).toBeUndefined();
  expect(read('/dev/null')).toBe('');
});

test('a folder is nothing to read: an .env that is one is left alone', () => {
  expect(nodeFileReader.exists(at('folder'))).toBe(false);
  expect(nodeFileReader.exists('/dev/null')).toBe(true);
});
