import { describe, expect, test } from 'vitest';
import { touched } from './changed.mjs';

const groups = [
  { name: 'names', parts: ['edge'] },
  { name: 'features', parts: ['node'] },
  { name: 'both', parts: ['edge', 'node'] },
  { name: 'properties', suffix: '.property.test.ts' },
  { name: 'timed', suffix: '.timed.test.ts' },
];
const parts = { edge: ['src/edge'], node: ['src/node', 'catalogue'] };
const imports = {
  'src/edge/dns.ts': ['src/lib/text.ts'],
  'src/edge/dns.test.ts': ['src/edge/dns.ts'],
  'src/edge/dns.property.test.ts': ['src/edge/dns.ts', 'test/support/tries.ts'],
  'src/node/node.ts': ['src/lib/text.ts'],
  'src/node/node.timed.test.ts': ['src/node/node.ts'],
  'test/support/host.ts': ['src/node/record.ts'],
  'test/e2e/features/flows.test.ts': ['test/support/host.ts'],
};
const modules = Object.entries(imports).map(([source, all]) => ({
  source,
  dependencies: all.map((resolved) => ({ resolved })),
}));
const of = (...files: string[]) => touched(files, { groups, parts }, modules);
const groupsOf = (...files: string[]) => of(...files).groups;

describe('groups that a change can touch', () => {
  test.each([
    [
      'a part of the source: who is for it, and tests beside it',
      'src/edge/dns.ts',
      ['names', 'both', 'properties'],
    ],
    ['another part', 'src/node/node.ts', ['features', 'both', 'timed']],
    ['data', 'catalogue/templates/flows.yaml', ['features', 'both', 'properties', 'timed']],
    [
      'what nobody declared: all, and tests that reach it',
      'src/lib/text.ts',
      ['names', 'features', 'both', 'properties', 'timed'],
    ],
    ['a test of a group', 'test/e2e/names/dns.test.ts', ['names']],
    ['a test beside the code', 'src/edge/dns.test.ts', []],
    ['one that is tried often', 'src/edge/dns.property.test.ts', ['properties']],
    ['what tests share: those that import it', 'test/support/host.ts', ['features']],
    ['the same beside the code', 'test/support/tries.ts', ['properties']],
    ['what a test starts by its path: all', 'test/support/dns-process.ts', ['names', 'features', 'both']],
    ['what tests import of a part: those as well', 'src/node/record.ts', ['features', 'both']],
    ['a page', 'docs/edge.md', ['properties', 'timed']],
    ['what is installed: all', 'package-lock.json', ['names', 'features', 'both', 'properties', 'timed']],
  ])('%s', (_, file, expected) => expect(groupsOf(file)).toEqual(expected));

  test('of many files are those of each', () => {
    expect(groupsOf('src/edge/dns.test.ts', 'test/e2e/names/dns.test.ts', 'test/support/host.ts')).toEqual([
      'names',
      'features',
    ]);
    expect(groupsOf()).toEqual([]);
  });
});

describe('unit tests that a change can touch', () => {
  test('are related to it when it is code', () => {
    expect(of('src/edge/dns.ts', 'scripts/test.mjs').units).toEqual(['src/edge/dns.ts', 'scripts/test.mjs']);
  });

  test('are all when it is anything else, which they read without an import', () => {
    expect(of('src/edge/dns.ts', 'docs/edge.md').units).toBe('all');
    expect(of('test/fixtures/compose/a.json').units).toBe('all');
  });

  test('are none when nothing changed', () => {
    expect(of().units).toEqual([]);
  });
});
