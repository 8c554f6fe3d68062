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

/** Reads texts one after the other, and has all that they say. */
class Reader {
  readonly #blocks = new YamlBlocks();
  #services = new Map<string, unknown>();
  #isKnown = false;

  /** What a text says; nothing when it is to be read as a whole. */
  read(text: string): object | undefined {
    const change = this.#blocks.read(Buffer.from(text));
    if (!change || !this.#isKnown) this.#services = new Map();
    this.#isKnown = change !== undefined;
    if (!change) return undefined;
    for (const [key, value] of change.services)
      if (value === undefined) this.#services.delete(key);
      else this.#services.set(key, value);
    expect(this.#blocks.keys().sort()).toEqual([...this.#services.keys()].sort());
    return { ...change.rest, services: Object.fromEntries(this.#services) };
  }
}

test('services read by themselves are what they are in the whole text', () => {
  const reader = new Reader();
  let plain = 0;
  fc.assert(
    fc.property(text, (one) => {
      const read = reader.read(one);
      if (!read) return;
      plain++;
      const whole = parseYaml(one, 'x');
      expect([read, whole.problems]).toEqual([whole.value, []]);
    }),
    tries(8000, 300),
  );
  expect(plain).toBeGreaterThan(0);
});

const edit = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  gone: fc.constantFrom(0, 0, 0, 1, 3, 45, 46),
  come: fc.oneof(
    fc.constantFrom(
      '',
      '\n',
      ' ',
      '#',
      '&',
      'services:\n',
      'publish: 1\n',
      '  ',
      '  # a word\n',
      '      \n',
      '  e: 1\n',
    ),
    block.map((one) => `${one}\n`),
    block.map((one) => `\n${one}`),
  ),
  isAtLine: fc.constantFrom(true, true, false),
});

/** Where an edit begins: anywhere, or where a line does. */
const placeOf = (all: string, { at, isAtLine }: { readonly at: number; readonly isAtLine: boolean }) => {
  const anywhere = Math.round(at * all.length);
  return isAtLine ? all.lastIndexOf('\n', anywhere) + 1 : anywhere;
};

test('a text that was edited says what it says to who never read it before', () => {
  const service = (name: string) => `  ${name}:\n    ports: { http: 80 }\n    note: ä\n`;
  const begun = `sites: {}\nservices:\n${['a', 'b', 'c', 'd'].map(service).join('')}nodes: 1\n`;
  let parts = 0;
  fc.assert(
    fc.property(fc.array(edit, { minLength: 1, maxLength: 5 }), (edits) => {
      const reader = new Reader();
      let now = begun;
      let before = reader.read(now);
      for (const one of edits) {
        const at = placeOf(now, one);
        now = now.slice(0, at) + one.come + now.slice(at + one.gone);
        const read = reader.read(now);
        const afresh = new Reader().read(now);
        expect(read).toEqual(afresh);
        if (read && before) parts++;
        before = read;
        const whole = parseYaml(now, 'x');
        if (read) expect([read, whole.problems]).toEqual([whole.value, []]);
      }
    }),
    tries(300, 40),
  );
  expect(parts).toBeGreaterThan(0);
});
