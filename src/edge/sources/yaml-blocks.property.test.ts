import fc from 'fast-check';
import { expect, test } from 'vitest';
import { tries } from '../../../test/support/tries.ts';
import { parseYaml } from '../../lib/yaml.ts';
import { YamlBlocks } from './yaml-blocks.ts';

// Whatever a text says, it says the same read by services and read as a whole.

const service = [
  '    ports: { http: 80 }',
  '    ports: &own { http: 80 }',
  '    more: *own',
  '    note: |+\n      kept',
  '    note: "on\n      two lines"',
  '    list: [1,\n      2]',
  '    list: [1,\n  two: 2]',
  '    note: "a: b\n  web: c"',
  '    deeper: .nan',
  '  # a word',
  '# a word',
  '',
  '      ',
];
const stray = [
  'services:',
  'services: { web: 1 }',
  'caa: [',
  ']',
  'nodes: &own',
  '  b1: { site: berlin }',
  '  db: {',
  '   }',
  '\t',
  '  ? api',
  '  - 1',
  ' web: 1',
  '---',
  '...',
  '  on: yes\r',
  "  'quoted': 1",
];
const begin = fc.constantFrom('  web:', '  shop/web:', '  1:', '  api: 1', '  db: {}');
const lines = (of: readonly string[], most: number) => fc.array(fc.constantFrom(...of), { maxLength: most });
const block = fc
  .tuple(begin, lines(service, 3), fc.oneof({ weight: 9, arbitrary: fc.constant([]) }, lines(stray, 1)))
  .map(([first, ...more]) => [first, ...more.flat()].join('\n'));
const text = fc
  .tuple(
    fc.constantFrom('sites: {}', 'caa: [', '%YAML 1.1\n---', 'caa: [&own 1]', ''),
    fc.constantFrom('services:', 'services: # all'),
    fc.array(block, { maxLength: 3 }),
    fc.constantFrom('', '\n', '\n\n', '\nnodes: 1', '\n]', '\n- 1', '\nservices: 1', '\nnodes: *own\n'),
  )
  .map(([head, section, blocks, tail]) => [head, section, ...blocks].join('\n') + tail);

test('services read by themselves are what they are in the whole text', () => {
  const blocks = new YamlBlocks();
  fc.assert(
    fc.property(text, (one) => {
      const [read, whole] = [blocks.read(one, 'x'), parseYaml(one, 'x')];
      expect([read.value, read.problems]).toEqual([whole.value, whole.problems]);
      expect(read.at(['services', 'web'])).toEqual(whole.at(['services', 'web']));
    }),
    tries(8000, 300),
  );
});
