import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { LogLine } from '../console.ts';
import { logLines, readPiece } from './log-file.ts';

let file: string;
beforeEach(() => {
  file = path.join(mkdtempSync(path.join(tmpdir(), 'heddle-log-')), 'log');
});
afterEach(() => rmSync(path.dirname(file), { recursive: true }));

const line = (second: number, text: string, end = 'F', stream = 'stdout') =>
  `2026-01-01T00:00:0${second}.5+00:00 ${stream} ${end} ${text}\n`;
const read = async (options: object = {}) => {
  const lines: string[] = [];
  const all = logLines(file, { follow: false, timestamps: false, ...options }, async () => true);
  for await (const { stream, text } of all) lines.push(`${stream === 'stderr' ? '! ' : ''}${text}`);
  return lines;
};

test('lines are put together, and told apart by stream', async () => {
  const begun = line(1, 'one ', 'P') + line(1, 'odd', 'F', 'stderr') + line(2, 'two', 'F');
  writeFileSync(file, `${begun}${line(3, 'no end', 'P')}`);
  expect(await read()).toEqual(['! odd', 'one two', 'no end']);
  expect(await read({ tail: 1 })).toEqual(['no end']);
  expect(await read({ since: Date.parse('2026-01-01T00:00:03Z') / 1000 })).toEqual(['no end']);
  expect(await read({ until: Date.parse('2026-01-01T00:00:01Z') / 1000 })).toEqual([]);
  expect(await read({ timestamps: true, tail: 1 })).toEqual(['2026-01-01T00:00:03.5+00:00 no end']);
});

test('what is printed meanwhile follows, also in a log that has begun anew, until it is over', async () => {
  writeFileSync(file, line(1, 'first'));
  let looks = 0;
  const isOver = async () => {
    looks++;
    if (looks === 1) appendFileSync(file, line(2, 'second'));
    if (looks === 2) writeFileSync(file, line(3, 'x'));
    return looks > 3;
  };
  const said: LogLine[] = [];
  for await (const one of logLines(file, { follow: true, timestamps: false }, isOver)) said.push(one);
  expect(said.map(({ text }) => text)).toEqual(['first', 'second', 'x']);
});

test('a log that is not there yet has nothing', async () => {
  expect(await read()).toEqual([]);
  expect(readPiece('nonsense')).toBeUndefined();
});
