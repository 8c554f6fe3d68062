import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { deltaOf, serviceOf, snapshotOf } from '../../../test/support/site-zone.ts';
import { contentHash } from '../../lib/hash.ts';
import type { Message } from '../view/message.ts';
import type { ViewChange } from '../view/subscriber.ts';
import type { StoredChange } from '../view/view-store.ts';
import { ViewJournal } from './view-journal.ts';

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
const kept = (message: Message, serial = message.version): StoredChange => ({ serial, message });
/** As a store tells it; what holds is no matter here. */
const told = (message: Message): ViewChange => ({ ...kept(message), isWhole: false, set: {}, removed: [] });
const first = deltaOf({ version: 8, set: { 'shop/cam': serviceOf('cam') } });
const second = deltaOf({ version: 9, removed: ['shop/cam'] });

function keepAll(): void {
  const store = new ViewJournal(file);
  store.keep(told(snapshotOf()), never);
  store.keep(told(first), never);
  store.keep(told(second), never);
}

test('what was kept is there after a restart, for its owner only', () => {
  keepAll();
  expect(new ViewJournal(file).load()).toEqual({
    changes: [snapshotOf(), first, second].map((one) => kept(one)),
  });
  expect(statSync(file).mode & 0o777).toBe(0o600);
});

test('there is nothing at first', () => {
  expect(new ViewJournal(file).load()).toEqual({ changes: [] });
});

test('of a change that a crash left half written, what is before it is used', () => {
  keepAll();
  writeFileSync(file, readFileSync(file, 'utf8').slice(0, -20));
  const { changes, problem } = new ViewJournal(file).load();
  expect(changes).toEqual([kept(snapshotOf()), kept(first)]);
  expect(problem).toMatch(/:3: damaged/);
});

test('a snapshot that somebody touched is not used', () => {
  keepAll();
  writeFileSync(file, readFileSync(file, 'utf8').replace('10.1.0.1', '10.6.6.6'));
  expect(new ViewJournal(file).load()).toMatchObject({
    changes: [],
    problem: expect.stringMatching(/:1: damaged/),
  });
});

test('a change that does not follow is not used', () => {
  const other = path.join(folder, 'other');
  const store = new ViewJournal(other);
  store.keep(told(snapshotOf()), never);
  const before = readFileSync(other, 'utf8').length;
  store.keep(told(first), never);
  keepAll();
  appendFileSync(file, readFileSync(other, 'utf8').slice(before));
  expect(new ViewJournal(file).load().changes).toHaveLength(3);
});

test('after a restart, and after a gap, the whole view is written', () => {
  keepAll();
  const store = new ViewJournal(file);
  store.keep(told(deltaOf({ version: 10 })), () => ({ ...snapshotOf(), version: 10 }));
  expect(store.load().changes).toEqual([kept({ ...snapshotOf(), version: 10 })]);
  store.keep(told(deltaOf({ version: 12 })), () => ({ ...snapshotOf(), version: 12 }));
  expect(store.load().changes).toEqual([kept({ ...snapshotOf(), version: 12 })]);
});

test('of what checks made of the zone its serial is kept, and nothing else', () => {
  keepAll();
  const journal = new ViewJournal(file);
  journal.keep({ isWhole: true, set: {}, removed: [], serial: 9 }, never);
  journal.keep(told({ ...snapshotOf(), version: 9 }), never);
  journal.keep({ isWhole: false, set: { 'shop/cam': serviceOf('cam') }, removed: [], serial: 12 }, never);
  expect(journal.load()).toEqual({ changes: [kept({ ...snapshotOf(), version: 9 }), { serial: 12 }] });
});

test('what the form before kept is used: what checks found stood there as a change of the same version', () => {
  const line = (stored: StoredChange) => {
    const json = JSON.stringify(stored);
    return `${contentHash('view 3\n', json).slice(0, 32)} ${json}\n`;
  };
  const journal = new ViewJournal(file);
  const repeated = { ...first, version: 7 };
  writeFileSync(file, [kept(snapshotOf()), kept(repeated, 8), kept(first, 9)].map(line).join(''));
  expect(journal.load()).toEqual({ changes: [kept(snapshotOf()), kept(repeated, 8), kept(first, 9)] });
});

test('the file does not grow without end', () => {
  const store = new ViewJournal(file);
  store.keep(told(snapshotOf()), never);
  let whole = 0;
  for (let version = 8; version < 8 + 2000; version++) {
    store.keep(told({ ...first, version }), () => {
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
