import { appendFileSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { LogLine } from '../console.ts';
import { logLines, printedFrom, readPiece } from './log-file.ts';

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
    // As conmon(8) begins a log anew: under its name.
    if (looks === 3) {
      writeFileSync(`${file}.tmp`, line(4, 'anew, and longer than the one before'));
      renameSync(`${file}.tmp`, file);
    }
    return looks > 4;
  };
  const said: LogLine[] = [];
  for await (const one of logLines(file, { follow: true, timestamps: false }, isOver)) said.push(one);
  expect(said.map(({ text }) => text)).toEqual([
    'first',
    'second',
    'x',
    'anew, and longer than the one before',
  ]);
});

test('a log that is not there yet has nothing', async () => {
  expect(await read()).toEqual([]);
  expect(readPiece(Buffer.from('nonsense'))).toBeUndefined();
});

test('what is printed from now on is every byte of it, and no other', async () => {
  writeFileSync(file, line(1, 'before'));
  const printed = Buffer.from([0x00, 0xff, 0x0d, 0xc3]);
  let looks = 0;
  const isOver = async () => {
    const begun = Buffer.from(line(2, '', 'P').trimEnd());
    if (++looks === 1)
      appendFileSync(file, Buffer.concat([begun, Buffer.from(' '), printed, Buffer.from('\n')]));
    if (looks === 2) appendFileSync(file, line(3, 'end'));
    return looks > 2;
  };
  const all: Buffer[] = [];
  for await (const { data } of printedFrom(file, new AbortController().signal, isOver))
    all.push(Buffer.from(data));
  expect(Buffer.concat(all)).toEqual(Buffer.concat([printed, Buffer.from('end\n')]));
});
