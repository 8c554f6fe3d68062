import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { partOfVolume } from './volume-part.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), 'heddle-volume-'));
});
afterEach(() => rmSync(root, { recursive: true }));

test('is a folder or a file of the volume, and is made where it is not there', async () => {
  writeFileSync(path.join(root, 'file'), '');
  expect(await partOfVolume('d', root, 'file')).toBe(path.join(root, 'file'));
  expect(await partOfVolume('d', root, 'www/./static/')).toBe(path.join(root, 'www/static'));
  expect(existsSync(path.join(root, 'www/static'))).toBe(true);
});

test('is nothing outside of the volume', async () => {
  mkdirSync(path.join(root, 'www'));
  symlinkSync('/etc', path.join(root, 'www/etc'));
  writeFileSync(path.join(root, 'file'), '');
  for (const subpath of ['../x', 'www/../..', 'www/etc', 'www/etc/ssl', 'file/x'])
    await expect(partOfVolume('d', root, subpath), subpath).rejects.toMatchObject({
      code: 'ERR_BIND_SOURCE',
    });
});
