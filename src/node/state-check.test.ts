import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { refuseEmptied } from './state-check.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'heddle-state-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const write = (name: string, text: string) => writeFileSync(path.join(folder, name), text);

test('a first start, and one that was killed before anything was written, are let pass', () => {
  refuseEmptied(folder);
  write('state.db', '');
  refuseEmptied(folder);
});

test('an emptied file beside the data of applications is refused, and they are named', () => {
  mkdirSync(path.join(folder, 'applications', 'shop'), { recursive: true });
  write('state.db', 'something');
  refuseEmptied(folder);
  write('state.db', '');
  expect(() => refuseEmptied(folder)).toThrow(
    expect.objectContaining({ code: 'ERR_STATE', message: expect.stringContaining('shop') }),
  );
});
