import { expect, test } from 'vitest';
import { formatDiagnostic, InvalidInput } from '../../lib/errors.ts';
import { Findings } from '../findings.ts';
import { locateKey, locateValue, type TreeNode, toPlain } from '../tree.ts';
import { parseYaml } from './parse.ts';

function parseAll(text: string): readonly TreeNode[] {
  const findings = new Findings();
  const trees = parseYaml(text, 'f.yaml', findings) ?? [];
  findings.throwIfErrors();
  return trees;
}

function parse(text: string): TreeNode | undefined {
  return parseAll(text)[0];
}

function plain(text: string): unknown {
  const tree = parse(text);
  return tree && toPlain(tree);
}

function problems(text: string): string[] {
  try {
    parse(text);
  } catch (error) {
    if (error instanceof InvalidInput) return error.diagnostics.map(formatDiagnostic);
    throw error;
  }
  return [];
}

test('numbers are read as Compose reads them', () => {
  expect(plain('{ octal: 0440, new: 0o17, hex: 0xff, binary: 0b101, grouped: 1_000, float: 1.50 }')).toEqual({
    octal: 0o440,
    new: 0o17,
    hex: 255,
    binary: 5,
    grouped: 1000,
    float: 1.5,
  });
});

test('an integer that no double holds keeps its digits', () => {
  expect(plain('id: 12345678901234567890')).toEqual({ id: '12345678901234567890' });
});

test('yes, no, on and off are text', () => {
  expect(plain('[yes, no, on, off, true, ~]')).toEqual(['yes', 'no', 'on', 'off', true, null]);
});

test('merge keys: own keys win, of several maps the first', () => {
  const text = 'a: &a { x: 1, y: 1 }\nb: &b { x: 2, z: 2 }\nc: { y: 3, <<: [*b, *a] }';
  expect(plain(text)).toMatchObject({ c: { x: 2, y: 3, z: 2 } });
});

test('a value from an anchor is located where it was written', () => {
  const tree = parse('a: &a\n  x: 1\nb:\n  <<: *a\n  y: 2\n')!;
  expect(locateValue(tree, ['b', 'x'])).toEqual({ file: 'f.yaml', line: 2, column: 6 });
  expect(locateKey(tree, ['b', 'y', 'z'])).toEqual({ file: 'f.yaml', line: 5, column: 3 });
});

test('an empty file is no document, and no error', () => {
  expect(plain('')).toBeUndefined();
  expect(plain('# nothing\n')).toBeUndefined();
});

test.each([
  ['a: 1\nb: 2\na: 3', 'f.yaml:3:1: error ERR_YAML_SYNTAX: the key "a" is there twice'],
  ['1: a', 'f.yaml:1:1: error ERR_YAML_SYNTAX: a key has to be a string (write "1")'],
  ['a: "\\0"', 'f.yaml:1:4: error ERR_YAML_SYNTAX: a text holds a NUL, which nothing here can'],
  ['"a\\0": 1', 'f.yaml:1:1: error ERR_YAML_SYNTAX: a key holds a NUL, which nothing here can'],
  ['a: !rest 1', 'f.yaml:1:10: error ERR_YAML_SYNTAX: the tag !rest is not known (did you mean "!reset"?)'],
  ['a: *b', 'f.yaml:1:4: error ERR_YAML_SYNTAX: the alias *b has no anchor before it'],
  ['a: &a [*a]', 'f.yaml:1:8: error ERR_YAML_SYNTAX: the alias *a stands inside its own value'],
  ['<<: 1', 'f.yaml:1:5: error ERR_YAML_SYNTAX: the merge key << takes a map or a list of maps'],
])('%j: %s', (text, message) => {
  expect(problems(text)).toContain(message);
});

test('several documents are several trees; empty ones are none, and anchors hold on', () => {
  expect(parseAll('a: &x 1\n---\n---\nb: *x\n...\n').map(toPlain)).toEqual([{ a: 1 }, { b: 1 }]);
  expect(problems('a: 1\n---\n'.repeat(102))).toEqual([
    'f.yaml:200:1: error ERR_YAML_SYNTAX: the file has more than 100 documents',
  ]);
});

test('a slip is one error, however much follows from it', () => {
  expect(problems('a: { b: ] }\nc: }\n').length).toBeLessThan(4);
});

test('nesting is bounded, in brackets, in indentation and through aliases', () => {
  expect(problems('['.repeat(100_000))[0]).toMatch(/nested more than 200 deep/);
  expect(problems('- '.repeat(100_000))[0]).toMatch(/nested more than 200 deep/);
  const chain = Array.from({ length: 300 }, (_, i) => `k${i}: &k${i} [${i === 0 ? '' : `*k${i - 1}`}]`);
  expect(problems(chain.join('\n'))[0]).toMatch(/nested more than 200 deep/);
});

test('an alias bomb is refused', () => {
  const levels = ['a: &a [x, x, x, x, x, x, x, x, x]'];
  for (const [i, name] of [...'bcdefghij'].entries()) {
    levels.push(`${name}: &${name} [${Array(9).fill(`*${'abcdefghij'[i]}`).join(', ')}]`);
  }
  expect(problems(levels.join('\n'))).toEqual([
    expect.stringMatching(/^f\.yaml:6:\d+: .* the aliases of this file stand for more than 500000 values$/),
  ]);
});
