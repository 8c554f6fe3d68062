import { expect, test } from 'vitest';
import { web, webErrors } from '../memory-files.ts';

test.each([
  ['./a:/b', { type: 'bind', source: '/app/a', target: '/b', readOnly: false, createSource: true }],
  [
    '"~/a:/b:ro,z,rshared"',
    {
      type: 'bind',
      source: '/root/a',
      target: '/b',
      readOnly: true,
      createSource: true,
      propagation: 'rshared',
      selinux: 'z',
    },
  ],
  ['v:/b:nocopy', { type: 'volume', source: 'v', target: '/b', readOnly: false, noCopy: true }],
  ['/b', { type: 'volume', target: '/b', readOnly: false, noCopy: false }],
  [
    '{ type: bind, source: a, target: /b, bind: { create_host_path: false } }',
    { type: 'bind', source: '/app/a', target: '/b', readOnly: false, createSource: false },
  ],
  [
    '{ type: volume, source: v, target: /b, read_only: true, volume: { nocopy: true } }',
    { type: 'volume', source: 'v', target: '/b', readOnly: true, noCopy: true },
  ],
  [
    '{ type: tmpfs, target: /b, tmpfs: { size: 1m, mode: 01777 } }',
    { type: 'tmpfs', target: '/b', size: 1_048_576, mode: 0o1777 },
  ],
])('volume %s', (item, expected) => {
  expect(web(`volumes: [${item}]`, 'volumes: { v: }', { env: { HOME: '/root' } }).mounts).toEqual([expected]);
});

test('tmpfs', () => {
  expect(web('tmpfs: ["/a", "/b:size=64m,mode=755,noexec,uid=1"]').mounts).toEqual([
    { type: 'tmpfs', target: '/a' },
    { type: 'tmpfs', target: '/b', size: 67_108_864, mode: 0o755, options: ['noexec', 'uid=1'] },
  ]);
  expect(webErrors('tmpfs: [a, "/b:size=x"]')).toHaveLength(2);
});
