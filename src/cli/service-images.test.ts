import { expect, test } from 'vitest';
import { load } from '../descriptor/memory-files.ts';
import { selected, toPull, withChanges } from './service-images.ts';

const { application } = load({
  'compose.yaml': `
services:
  web: { image: registry.example/web, build: ., depends_on: [db, cache] }
  db: { image: mariadb, depends_on: [cache] }
  cache: { image: redis, pull_policy: never }
  tool: { build: . }
`,
});
const names = (...args: Parameters<typeof selected>) => selected(...args).map(({ name }) => name);

test('services are those that are named, all without any, and those that they depend on if asked', () => {
  expect(names(application, [], false)).toEqual(['web', 'db', 'cache', 'tool']);
  expect(names(application, ['db'], false)).toEqual(['db']);
  expect(names(application, ['db'], true)).toEqual(['db', 'cache']);
  expect(() => names(application, ['constructor'], false)).toThrow('has no service "constructor"');
});

test('what is built is pulled only if it can be, and what is never pulled is not', () => {
  const image = ({ image = 'none' }) => image;
  expect(toPull(selected(application, [], false), image)).toEqual({
    wanted: ['mariadb'],
    optional: ['registry.example/web'],
  });
});

test('arguments of the command line go before those of the file', () => {
  const build = {
    kind: 'build',
    context: '/',
    args: { A: '1', B: '2' },
    noCache: false,
    pull: true,
  } as never;
  const asked = { args: { B: '3' }, noCache: true, pull: false };
  expect(withChanges({ web: build, db: { kind: 'registry', policy: 'missing' } }, asked)).toEqual({
    web: { kind: 'build', context: '/', args: { A: '1', B: '3' }, noCache: true, pull: true },
    db: { kind: 'registry', policy: 'missing' },
  });
});
