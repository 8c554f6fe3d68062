import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { putInPlace } from './put-in-place.mjs';

test('what was built is there at the end, what was there before and is built no more is not', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'heddle-place-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const [made, place] = [path.join(folder, 'made'), path.join(folder, 'place')];
  for (const at of [made, place]) mkdirSync(path.join(at, 'cli'), { recursive: true });
  writeFileSync(path.join(made, 'cli', 'main.js'), 'new');
  writeFileSync(path.join(place, 'cli', 'main.js'), 'old');
  writeFileSync(path.join(place, 'cli', 'part-of-old.js'), 'old');
  putInPlace(made, place);
  expect(readFileSync(path.join(place, 'cli', 'main.js'), 'utf8')).toBe('new');
  expect(existsSync(path.join(place, 'cli', 'part-of-old.js'))).toBe(false);
});

test('the first that is built is put where nothing is', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'heddle-place-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  mkdirSync(path.join(folder, 'made', 'shim'), { recursive: true });
  writeFileSync(path.join(folder, 'made', 'shim', 'door'), 'new');
  putInPlace(path.join(folder, 'made'), path.join(folder, 'dist'));
  expect(readFileSync(path.join(folder, 'dist', 'shim', 'door'), 'utf8')).toBe('new');
});
