import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { displace, lookAt, place } from './program-places.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'heddle-door-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('a door that nobody opened is closed, and may be closed again', () => {
  expect(lookAt('cni', folder).state).toBe('closed');
  expect(displace('cni', folder).state).toBe('closed');
});

test('what is not Heddle’s is left alone', () => {
  writeFileSync(path.join(folder, 'heddle'), 'of somebody else');
  expect(lookAt('podman', folder).state).toBe('other');
  expect(() => place('podman', folder)).toThrow('is not Heddle’s');
  expect(() => displace('podman', folder)).toThrow('is not Heddle’s');
  expect(lookAt('podman', folder).state).toBe('other');
});
