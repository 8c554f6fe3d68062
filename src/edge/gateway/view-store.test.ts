import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { deltaOf, serviceOf, snapshotOf } from '../../../test/support/site-zone.ts';
import type { Message } from '../delivery/messages.ts';
import { type Kept, ViewStore } from './view-store.ts';

let folder: string;
let file: string;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'heddle-view-'));
  file = path.join(folder, 'state', 'view');
});
afterEach(() => rmSync(folder, { recursive: true }));

const never = () => {
  throw new Error('the whole view was asked for');
};
const kept = (message: Message, serial = message.version): Kept => ({ serial, message });
const first = deltaOf({ version: 8, set: { 'shop/cam': serviceOf('cam') } });
const second = deltaOf({ version: 9, removed: ['shop/cam'] });

function keepAll(): void {
  const store = new ViewStore(file);
  store.keep(kept(snapshotOf()), never);
  store.keep(kept(first), never);
  store.keep(kept(second), never);
}

test('what was kept is there after a restart, for its owner only', () => {
  keepAll();
  expect(new ViewStore(file).load()).toEqual({
    changes: [snapshotOf(), first, second].map((one) => kept(one)),
  });
  expect(statSync(file).mode & 0o777).toBe(0o600);
});

test('there is nothing at first', () => {
  expect(new ViewStore(file).load()).toEqual({ changes: [] });
});

test('of a change that a crash left half written, what is before it is used', () => {
  keepAll();
  writeFileSync(file, readFileSync(file, 'utf8').slice(0, -20));
  const { changes, problem } = new ViewStore(file).load();
  expect(changes).toEqual([kept(snapshotOf()), kept(first)]);
  expect(problem).toMatch(/:3: damaged/);
});

test('a snapshot that somebody touched is not used', () => {
  keepAll();
  writeFileSync(file, readFileSync(file, 'utf8').replace('10.1.0.1', '10.6.6.6'));
  expect(new ViewStore(file).load()).toMatchObject({
    changes: [],
    problem: expect.stringMatching(/:1: damaged/),
  });
});

test('a change that does not follow is not used', () => {
  const other = path.join(folder, 'other');
  const store = new ViewStore(other);
  store.keep(kept(snapshotOf()), never);
  const before = readFileSync(other, 'utf8').length;
  store.keep(kept(first), never);
  keepAll();
  appendFileSync(file, readFileSync(other, 'utf8').slice(before));
  expect(new ViewStore(file).load().changes).toHaveLength(3);
});

test('after a restart, and after a gap, the whole view is written', () => {
  keepAll();
  const store = new ViewStore(file);
  store.keep(kept(deltaOf({ version: 10 })), () => ({ ...snapshotOf(), version: 10 }));
  expect(store.load().changes).toEqual([kept({ ...snapshotOf(), version: 10 })]);
  store.keep(kept(deltaOf({ version: 12 })), () => ({ ...snapshotOf(), version: 12 }));
  expect(store.load().changes).toEqual([kept({ ...snapshotOf(), version: 12 })]);
});

test('the file does not grow without end', () => {
  const store = new ViewStore(file);
  store.keep(kept(snapshotOf()), never);
  let whole = 0;
  for (let version = 8; version < 8 + 2000; version++) {
    store.keep(kept({ ...first, version }), () => {
      whole++;
      return { ...snapshotOf(), version };
    });
  }
  expect(statSync(file).size).toBeLessThan(2 << 20);
  expect(whole).toBe(Math.floor((2000 * readLine(file)) / (1 << 20)));
});

function readLine(of: string): number {
  return (readFileSync(of, 'utf8').split('\n')[1]?.length ?? 0) + 1;
}
