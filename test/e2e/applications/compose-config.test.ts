import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { acceptedHere, levelled, refusedHere } from '../../support/compose-differences.ts';
import { byDockerCompose, byHeddle, expectDockerCompose, type Seen } from '../../support/docker-compose.ts';
import { root } from '../../support/installed.ts';

// What a file means is what Docker's own Compose makes of it: both read the same folders.
const corpus = path.join(root, 'test/fixtures/compose');
const folder = mkdtempSync(path.join(tmpdir(), 'heddle-compose-'));
beforeAll(expectDockerCompose);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function outcome(seen: Seen): unknown {
  return 'refused' in seen || hasNameless(seen.model) ? 'refused' : levelled(seen.model);
}

/** Compose takes a value without a name, and a name without a value at the end of a file, for a variable called nothing. */
function hasNameless(model: unknown): boolean {
  if (typeof model !== 'object' || model === null) return false;
  return Object.entries(model).some(
    ([key, value]) => (key === 'environment' && Object.hasOwn(Object(value), '')) || hasNameless(value),
  );
}

describe('the corpus', () => {
  test.each(readdirSync(corpus))('%s', async (name) => {
    const [theirs, ours] = [
      await byDockerCompose(path.join(corpus, name)),
      byHeddle(path.join(corpus, name)),
    ];
    if (Object.hasOwn(refusedHere, name)) {
      expect([outcome(theirs), outcome(ours)]).toEqual([expect.any(Object), 'refused']);
    } else if (Object.hasOwn(acceptedHere, name)) {
      expect([outcome(theirs), outcome(ours)]).toEqual(['refused', expect.any(Object)]);
    } else {
      expect(outcome(ours), JSON.stringify([ours, theirs], null, 1)).toEqual(outcome(theirs));
    }
  });
});

/** Both read a project; what is the same is not looked at further. */
async function sameFor(files: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, text] of Object.entries(files)) writeFileSync(path.join(folder, name), text);
  const [theirs, ours] = [await byDockerCompose(folder), byHeddle(folder)];
  expect(outcome(ours), JSON.stringify([files, ours, theirs], null, 1)).toEqual(outcome(theirs));
}

const pieces = (...all: string[]) =>
  fc.array(fc.constantFrom(...all), { maxLength: 8 }).map((some) => some.join(''));
/** The same files each time, unless others are asked for. */
const options = { numRuns: 20, seed: Number(process.env['HEDDLE_TEST_SEED'] ?? 8), endOnFailure: true };

describe('generated files', () => {
  test('texts with variables', async () => {
    const text = pieces(
      'a',
      ' ',
      '$',
      '$$',
      '$SET',
      '${SET}',
      '${NONE:-x}',
      '${EMPTY-d}',
      '${SET:+y}',
      '{',
      '}',
      '$1',
      '$(x)',
      '"',
      '#',
      ':-',
      '${SET:?m}',
      '${NONE:-${SET}}',
      '${',
    );
    await fc.assert(
      fc.asyncProperty(text, text, (a, b) => {
        const service = { image: 'x', labels: { a }, environment: { B: b } };
        return sameFor({
          'compose.yaml': JSON.stringify({ services: { a: service } }),
          '.env': 'SET=s\nEMPTY=\n',
        });
      }),
      options,
    );
  });

  test('environment files', async () => {
    const value = pieces(
      'a',
      ' ',
      '#',
      ' #',
      "'",
      '"',
      '\\',
      '\\n',
      '\\"',
      "\\'",
      '$A',
      '${B:-d}',
      '$',
      '=',
      ':',
      '\t',
      '0101',
      '\\0101',
      '\r',
    );
    const line = fc.oneof(
      {
        weight: 6,
        arbitrary: fc
          .tuple(fc.constantFrom('A=', 'B=', 'C =', 'export D=', 'E: ', ' F='), value)
          .map((parts) => parts.join('')),
      },
      fc.constantFrom('# note', '', '   ', 'HOME', "G='two\nlines'", 'H="two\nlines" # note'),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(line, { maxLength: 6 }), (lines) =>
        sameFor({
          'compose.yaml': 'services: { a: { image: x, env_file: [a.env] } }',
          '.env': '',
          'a.env': `${lines.join('\n')}\n`,
        }),
      ),
      options,
    );
  });

  test('commands and ports', async () => {
    const command = pieces(
      'a',
      ' ',
      "'",
      '"',
      '\\',
      '  ',
      '\\"',
      "'c d'",
      '"e f"',
      '\\n',
      ';',
      '&&',
      '2>',
      '$(x y)',
      '(',
      '`',
    );
    const port = fc
      .tuple(
        fc.constantFrom('', '', '127.0.0.1:', '[::1]:'),
        fc.constantFrom('8080:', '8080-8082:', '0:'),
        fc.constantFrom('80', '90-92', '65535', '65536', '0', 'x', '9-1'),
        fc.constantFrom('', '', '/udp', '/TCP', '/sctp', '/x'),
      )
      .map((parts) => parts.join(''));
    await fc.assert(
      fc.asyncProperty(command, port, (words, ports) => {
        const service = { image: 'x', command: words, ports: [ports] };
        return sameFor({ 'compose.yaml': JSON.stringify({ services: { a: service } }), '.env': '' });
      }),
      options,
    );
  });
});
