import { expect, test } from 'vitest';
import { statOf } from './archive.ts';

const said = (value: unknown) =>
  statOf({
    headers: { 'x-docker-container-path-stat': Buffer.from(JSON.stringify(value)).toString('base64') },
  });

test('what stands at a path is read from Go’s mode bits', () => {
  expect(said({ name: 'etc', mode: 2147484141 })).toEqual({ name: 'etc', kind: 'folder', target: '' });
  expect(said({ name: 'hosts', mode: 420 }).kind).toBe('file');
  expect(said({ name: 'null', mode: 69206454 }).kind).toBe('other');
  expect(said({ name: 'sh', mode: 134218239, linkTarget: '/bin/dash' })).toEqual({
    name: 'sh',
    kind: 'link',
    target: '/bin/dash',
  });
});
