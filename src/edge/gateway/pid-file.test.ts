import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { PidFile } from './pid-file.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'heddle-'));
afterAll(() => rmSync(folder, { recursive: true }));
const pid = new PidFile(folder);
const write = (text: string) => writeFileSync(path.join(folder, 'gateway.pid'), text);

test('its process is alive while it runs, and no other with its number is', () => {
  expect(pid.isAlive()).toBe(false);
  pid.write();
  expect(pid.isAlive()).toBe(true);
  write(`${process.pid} 1`);
  expect(pid.isAlive()).toBe(false);
  write('nonsense');
  expect(pid.isAlive()).toBe(false);
});

test('who ends removes its own, not that of a successor', () => {
  pid.write();
  pid.remove();
  expect(pid.isAlive()).toBe(false);
  write('1 1');
  pid.remove();
  expect(() => rmSync(path.join(folder, 'gateway.pid'))).not.toThrow();
});
