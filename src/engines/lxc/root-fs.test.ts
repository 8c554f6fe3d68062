import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { makePlace, placeIn, userIn } from './root-fs.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), 'heddle-root-fs-'));
  mkdirSync(path.join(root, 'run'));
  mkdirSync(path.join(root, 'var'));
  symlinkSync('/run', path.join(root, 'var', 'run'));
});
afterEach(() => rmSync(root, { recursive: true }));

describe('a path of a container', () => {
  test('follows its links from inside', () => {
    expect(placeIn(root, '/var/run/secrets')).toBe(path.join(root, 'run', 'secrets'));
  });

  test('never leads out of it', () => {
    symlinkSync('/', path.join(root, 'all'));
    symlinkSync('../../../../../../..', path.join(root, 'up'));
    for (const name of ['all', 'up'])
      expect(placeIn(root, `/${name}/etc/shadow`)).toBe(path.join(root, 'etc/shadow'));
    expect(placeIn(root, '/../../etc/shadow')).toBe(path.join(root, 'etc/shadow'));
    symlinkSync('loop', path.join(root, 'loop'));
    expect(() => placeIn(root, '/loop/a')).toThrow(/too many symbolic links/);
  });

  test('is made where something is to be mounted, and said without links', () => {
    expect(makePlace(root, '/var/run/lock', 'folder')).toBe('/run/lock');
    expect(makePlace(root, '/var/run/a/key', 'file')).toBe('/run/a/key');
    expect(existsSync(path.join(root, 'run/a/key'))).toBe(true);
    expect(makePlace(root, '/', 'folder')).toBe('/');
  });
});

describe('whom a program runs as', () => {
  beforeEach(() => {
    mkdirSync(path.join(root, 'etc'));
    writeFileSync(path.join(root, 'etc/passwd'), 'root:x:0:0::/root:\nwww:x:33:34::/var/www:\n');
    writeFileSync(path.join(root, 'etc/group'), 'adm:x:4:www,other\nwww:x:34:\n');
  });

  test.each([
    [undefined, { home: '/root', uid: 0, gid: 0, groups: [] }],
    ['www', { home: '/var/www', uid: 33, gid: 34, groups: [4] }],
    ['33', { home: '/var/www', uid: 33, gid: 34, groups: [4] }],
    ['www:adm', { home: '/var/www', uid: 33, gid: 4, groups: [] }],
    ['77', { home: '/', uid: 77, gid: 0, groups: [] }],
    ['77:88', { home: '/', uid: 77, gid: 88, groups: [] }],
  ])('%j is %j', (text, user) => {
    expect(userIn(root, text)).toEqual(user);
  });

  test('is refused where the image knows no such name', () => {
    expect(() => userIn(root, 'nobody')).toThrow('the image has no user nobody');
    expect(() => userIn(root, 'www:staff')).toThrow('the image has no group staff');
  });
});
