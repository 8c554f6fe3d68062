import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { placeMounts } from './mounts.ts';
import type { LxcMount } from './record.ts';

let folder: string;
let rootFs: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'heddle-mounts-'));
  rootFs = path.join(folder, 'root');
  for (const name of ['root/run', 'root/data', 'data', 'cache', 'outside'])
    mkdirSync(path.join(folder, name), { recursive: true });
});
afterEach(() => rmSync(folder, { recursive: true }));

const bind = (source: string, target: string, part?: string): LxcMount => ({
  ...{ type: 'bind', source: path.join(folder, source), target, readOnly: false, createSource: false },
  ...(part !== undefined && { part }),
});
const tmpfs = (target: string): LxcMount => ({ type: 'tmpfs', target });
const targets = (...mounts: readonly LxcMount[]) => {
  using placed = placeMounts(rootFs, mounts);
  return placed.all.map(({ mount, create }) => [mount.target, create]);
};

test('the outer comes first, whatever the file says first, and the inner has its place in it', () => {
  expect(targets(bind('cache', '/data/cache'), bind('data', '/data'))).toEqual([
    ['/data', undefined],
    ['/data/cache', undefined],
  ]);
  expect(existsSync(path.join(folder, 'data', 'cache'))).toBe(true);
});

test('in what is mounted empty at each start LXC makes it', () => {
  writeFileSync(path.join(folder, 'secret'), '');
  expect(targets(bind('secret', '/run/secrets/password'), tmpfs('/run'), tmpfs('/dev/hugepages'))).toEqual([
    ['/run', undefined],
    ['/dev/hugepages', 'dir'],
    ['/run/secrets/password', 'file'],
  ]);
});

test('a link that what ran before has put there leads nowhere on this host', () => {
  writeFileSync(path.join(folder, 'secret'), '');
  symlinkSync(path.join(folder, 'outside'), path.join(rootFs, 'run', 'secrets'));
  symlinkSync(path.join(folder, 'outside'), path.join(folder, 'data', 'inner'));
  targets(bind('secret', '/run/secrets/password'), bind('data', '/data'), bind('cache', '/data/inner/cache'));
  expect(existsSync(path.join(folder, 'outside', 'password'))).toBe(false);
  expect(existsSync(path.join(folder, 'outside', 'cache'))).toBe(false);
});

test('a part of a volume is what is there, and no link', () => {
  mkdirSync(path.join(folder, 'data', 'sub'));
  writeFileSync(path.join(folder, 'data', 'sub', 'file'), 'of the volume');
  {
    using placed = placeMounts(rootFs, [bind('data', '/data', 'sub')]);
    const [{ mount }] = placed.all as [{ mount: Extract<LxcMount, { type: 'bind' }> }];
    // Whoever has the volume changes names of it between this and the mount.
    rmSync(path.join(folder, 'outside'), { recursive: true });
    expect(readFileSync(path.join(mount.source, 'file'), 'utf8')).toBe('of the volume');
  }
  symlinkSync('/', path.join(folder, 'data', 'all'));
  expect(() => targets(bind('data', '/data', 'all'))).toThrow(/all is a symbolic link/);
  expect(() => targets(bind('data', '/data', '../outside'))).toThrow(/leads out of it/);
  expect(() => targets(bind('data', '/data', 'none'))).toThrow(/none is not there/);
});
