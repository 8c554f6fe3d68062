import { existsSync, globSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { groups, isEndToEnd, parts, queuesOf } from './group-list.mjs';

interface Group {
  readonly name: string;
  readonly parts?: readonly string[];
  readonly suffix?: string;
}

const root = path.resolve(import.meta.dirname, '../..');
const all: readonly Group[] = groups;

test('every folder of end-to-end tests is a group, and every such group a folder', () => {
  const entries = readdirSync(path.join(root, 'test/e2e'), { withFileTypes: true });
  const folders = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  expect(all.filter(isEndToEnd).map(({ name }) => name)).toEqual(folders.sort());
});

test('every other group has tests beside the code', () => {
  for (const { suffix } of all.filter((group) => !isEndToEnd(group)))
    expect(globSync(`src/**/*${suffix}`, { cwd: root })).not.toEqual([]);
});

test('parts of the source are there, and groups are for parts that there are', () => {
  for (const folder of Object.values(parts).flat())
    expect(existsSync(path.join(root, folder as string)), `${folder} is there`).toBe(true);
  for (const group of all.filter(isEndToEnd)) {
    expect(group.parts, group.name).not.toEqual([]);
    expect(Object.keys(parts)).toEqual(expect.arrayContaining([...(group.parts ?? [])]));
  }
});

const some = [
  { name: 'short', seconds: 10 },
  { name: 'long', seconds: 90 },
  { name: 'waits', seconds: 50, lane: 'beside' },
  { name: 'times', seconds: 20, lane: 'alone' },
];
const names = (queue: readonly Group[]) => queue.map(({ name }) => name);

test('the longest begin, those that wait go on beside them, and those that say how soon come last', () => {
  const { lanes, alone } = queuesOf(some, true);
  expect(lanes.map(names)).toEqual([['long', 'short'], ['long', 'short'], ['waits']]);
  // The two take from one queue.
  expect(lanes[0]).toBe(lanes[1]);
  expect(names(alone)).toEqual(['times']);
});

test('without rooms all go one after the other', () => {
  const { lanes, alone } = queuesOf(some, false);
  expect(lanes.map(names)).toEqual([['long', 'short', 'waits']]);
  expect(names(alone)).toEqual(['times']);
});
