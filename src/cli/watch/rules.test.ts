import { describe, expect, test } from 'vitest';
import type { WatchRule } from '../../descriptor/application.ts';
import { concerns, isMatched, workFor } from './rules.ts';

const rule = (change: Partial<WatchRule>): WatchRule => ({
  path: '/app/src',
  action: 'sync',
  target: '/srv',
  ignore: [],
  include: [],
  initialSync: false,
  ...change,
});
const there = (path: string) => ({ path, exists: true });

describe('a rule of develop.watch', () => {
  test('is about what is below its path, and nothing else', () => {
    expect(concerns(rule({}), '/app/src/a/b.js')).toBe(true);
    expect(concerns(rule({}), '/app/srcs/a.js')).toBe(false);
    expect(concerns(rule({ path: '/app/package.json' }), '/app/package.json')).toBe(true);
  });

  test('leaves out what is ignored, what is not included, and what editors leave for a moment', () => {
    expect(concerns(rule({ ignore: ['node_modules/'] }), '/app/src/node_modules/a/b.js')).toBe(false);
    expect(concerns(rule({ include: ['**/*.ts'] }), '/app/src/a/b.js')).toBe(false);
    expect(concerns(rule({ include: ['**/*.ts'] }), '/app/src/a/b.ts')).toBe(true);
    for (const name of ['.git/HEAD', 'a.js~', '.a.js.swp', '4913'])
      expect(concerns(rule({}), `/app/src/${name}`)).toBe(false);
  });

  test('takes patterns as a .dockerignore has them', () => {
    expect(isMatched('dist/a/b', ['dist'])).toBe(true);
    expect(isMatched('dist/keep/b', ['dist', '!dist/keep'])).toBe(false);
    expect(isMatched('a/b.log', ['*.log'])).toBe(false);
    expect(isMatched('a/b.log', ['**/*.log'])).toBe(true);
  });
});

describe('what changes call for', () => {
  test('is a copy of each, or its removal', () => {
    const changes = [there('/app/src/a/b.js'), { path: '/app/src/gone', exists: false }];
    expect(workFor(changes, [{ name: 'web', watch: [rule({})] }]).syncs).toEqual([
      { service: 'web', from: '/app/src/a/b.js', to: '/srv/a/b.js', removed: false },
      { service: 'web', from: '/app/src/gone', to: '/srv/gone', removed: true },
    ]);
  });

  test('is no more than a rebuild where one is called for', () => {
    const web = {
      name: 'web',
      watch: [rule({ action: 'sync+restart' }), rule({ action: 'rebuild', path: '/app' })],
    };
    const db = { name: 'db', watch: [rule({ action: 'restart' })] };
    expect(workFor([there('/app/src/a')], [web, db])).toEqual({
      syncs: [],
      rebuild: ['web'],
      restart: ['db'],
      exec: [],
    });
  });

  test('is nothing for what no rule is about', () => {
    const work = workFor([there('/elsewhere')], [{ name: 'web', watch: [rule({})] }]);
    expect(work).toEqual({ syncs: [], rebuild: [], restart: [], exec: [] });
  });
});
