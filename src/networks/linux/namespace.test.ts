import { statSync } from 'node:fs';
import { expect, test } from 'vitest';
import { checkNamespace } from './namespace.ts';

const own = '/proc/self/ns/net';

test.each([
  ['what is no namespace', '/proc/self/status', undefined, 'it is no namespace'],
  ['what is not there', '/proc/self/ns/nosuch', undefined, 'the namespace is not there'],
  ['another than was meant', own, statSync(own).ino + 1, 'it is another namespace by now'],
  ['the host’s own', own, statSync(own).ino, 'it is the host’s own namespace'],
])('refuses %s', (_what, path, inode, why) => {
  expect(() => checkNamespace(path, inode)).toThrow(`${path}: ${why}`);
});
