import { describe, expect, test } from 'vitest';
import { below, checkedName, isImageReference, isName } from './names.ts';

describe('a name', () => {
  test.each([
    ['project', 'shop'],
    ['project', '0_a-b'],
    ['project', 'n'.repeat(120)],
    ['key', 'web.v2_a-b'],
    ['container', 'My.Web_1'],
    ['interface', 'podman12'],
  ] as const)('of a %s may be %s', (kind, name) => {
    expect(isName(kind, name)).toBe(true);
  });

  test.each([
    ['project', '..'],
    ['project', '../../x'],
    ['project', ''],
    ['project', '-x'],
    ['project', 'Shop'],
    ['project', 'a/b'],
    ['project', 'a\n'],
    ['project', 'n'.repeat(129)],
    ['key', '..'],
    ['key', '.'],
    ['key', 'a"b'],
    ['container', '../x'],
    ['interface', 'a"accept;#'],
    ['interface', '..'],
  ] as const)('of a %s is not %j', (kind, name) => {
    expect(isName(kind, name)).toBe(false);
    expect(() => checkedName(kind, name)).toThrow(expect.objectContaining({ code: 'ERR_USAGE' }));
  });

  test.each([5, null, undefined, ['a'], { toString: () => 'a' }])('is a text, and not %j', (name) => {
    expect(isName('project', name)).toBe(false);
  });
});

describe('a path below a folder', () => {
  test('stays below it', () => {
    expect(below('/state', 'files/web.0')).toBe('/state/files/web.0');
  });

  test.each(['..', '.', '', '../x', '/etc/passwd', 'a/../../x', 'a\0b'])('is not %j', (name) => {
    expect(() => below('/state', name)).toThrow(expect.objectContaining({ code: 'ERR_USAGE' }));
  });
});

describe('the name of an image', () => {
  test.each([
    'nginx',
    'library/nginx:1.27-alpine',
    `registry.example:5000/team/app_x__y:v1@sha256:${'a'.repeat(64)}`,
    'localhost/heddle/base:bookworm',
    '[fd00::1]:5000/app',
    `sha256:${'0'.repeat(64)}`,
    '0123456789ab',
  ])('may be %s', (name) => {
    expect(isImageReference(name)).toBe(true);
  });

  test.each(['../x', '/x', 'a/../b', 'a//b', 'Nginx', 'a b', 'a?b=c', 'a:', 'a@sha256:1', 'a:..', '', 'a\n'])(
    'is not %j',
    (name) => {
      expect(isImageReference(name)).toBe(false);
    },
  );
});
