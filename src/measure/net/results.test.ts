import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Results, type Run } from './results.ts';
import { schedule } from './schedule.ts';

const latency = { kind: 'latency', size: 64, underLoad: false } as const;
const run: Run = {
  format: 1,
  id: '0123abcd',
  began: '2026-11-30T12:00:00Z',
  seed: 1,
  rounds: 2,
  seconds: 1,
  paths: ['host', 'ip'],
  tests: [latency],
  isChosen: true,
  areTestsChosen: false,
};
const turns = schedule(run.paths, run.tests, run);
const result = (at: number) => ({
  ...turns[at]!,
  at: '2026-11-30T12:00:01Z',
  beside: 0,
  figures: { p50: 10, p99: 20 },
});

let folder: string;
let results: Results;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'heddle-results-'));
  results = new Results(folder);
  results.begin(run);
});
afterEach(() => rmSync(folder, { recursive: true }));

test('what was measured is there for who goes on, with what the program printed', () => {
  results.add(result(0), 'it printed this');
  const again = new Results(folder);
  expect(again.run).toEqual(run);
  expect(again.all).toEqual([result(0)]);
  expect(again.left(turns)).toEqual(turns.slice(1));
  const [raw] = readdirSync(path.join(folder, 'raw'));
  expect(readFileSync(path.join(folder, 'raw', raw!), 'utf8')).toBe('it printed this');
});

test('a line that was cut off is measured again, and harms none that follows', () => {
  results.add(result(0), '');
  appendFileSync(path.join(folder, 'results.jsonl'), '\n{"round":0,"path":"ho');
  results.add(result(2), '');
  expect(results.all).toEqual([result(0), result(2)]);
  expect(results.left(turns)).toEqual([turns[1], turns[3]]);
});

test('a folder without results, or with others, is said', () => {
  expect(() => new Results(path.join(folder, 'raw')).run).toThrow(
    expect.objectContaining({ code: 'ERR_FILE_NOT_FOUND' }),
  );
  writeFileSync(path.join(folder, 'run.json'), '{"format":2');
  expect(() => results.run).toThrow(expect.objectContaining({ code: 'ERR_MEASURE' }));
});
