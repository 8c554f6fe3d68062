import { describe, expect, test } from 'vitest';
import { landing, placeFrom, readPath } from './places.ts';

test('an end of a copy is in a service, here, or an archive', () => {
  expect(placeFrom('web:/etc/hosts')).toEqual({ kind: 'container', service: 'web', path: '/etc/hosts' });
  expect(placeFrom('web:')).toEqual({ kind: 'container', service: 'web', path: '/' });
  expect(placeFrom('./a:b')).toEqual({ kind: 'here', path: './a:b' });
  expect(placeFrom('/a:b')).toEqual({ kind: 'here', path: '/a:b' });
  expect(placeFrom('file')).toEqual({ kind: 'here', path: 'file' });
  expect(placeFrom('-')).toEqual({ kind: 'archive' });
});

test('a path says whether what is in a folder is meant', () => {
  expect(readPath('/etc/.')).toEqual({ path: '/etc', contents: true, folder: true });
  expect(readPath('/etc/')).toEqual({ path: '/etc', contents: false, folder: true });
  expect(readPath('/a/../b')).toEqual({ path: '/b', contents: false, folder: false });
  expect(readPath('.')).toEqual({ path: '.', contents: true, folder: true });
  expect(readPath('/')).toEqual({ path: '/', contents: false, folder: true });
});

describe('things land as with docker cp', () => {
  const file = { name: 'hosts', isFolder: false, contents: false };
  const folder = { name: 'etc', isFolder: true, contents: false };
  const at = (path: string, kind?: 'file' | 'folder') => ({ path, kind, folder: false });

  test('a file', () => {
    expect(landing(file, at('/tmp', 'folder'))).toEqual({ folder: '/tmp', name: 'hosts' });
    expect(landing(file, at('/tmp/new'))).toEqual({ folder: '/tmp', name: 'new' });
    expect(landing(file, at('old', 'file'))).toEqual({ folder: '.', name: 'old' });
    expect(() => landing(file, { path: '/tmp/new', kind: undefined, folder: true })).toThrow('no folder');
  });

  test('a folder, and what is in it', () => {
    expect(landing(folder, at('/tmp', 'folder'))).toEqual({ folder: '/tmp', name: 'etc' });
    expect(landing({ ...folder, contents: true }, at('/tmp', 'folder')).name).toBeUndefined();
    expect(landing(folder, at('/tmp/new'))).toEqual({ folder: '/tmp', name: 'new' });
    expect(landing({ ...folder, name: '' }, at('/tmp', 'folder')).name).toBeUndefined();
    expect(() => landing(folder, at('/tmp/old', 'file'))).toThrow('is no folder');
  });
});
