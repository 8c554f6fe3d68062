import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { Command } from 'commander';
import { describe, expect, test } from 'vitest';
import { readFolder } from '../catalogue/folder.ts';
import { loadCatalogue } from '../catalogue/load.ts';
import { splitWords } from '../descriptor/forms/words.ts';
import { load } from '../descriptor/memory-files.ts';
import { readEdgeFile } from '../edge/sources/static.ts';
import { edgeFileSchema } from '../edge/sources/static-schema.ts';
import * as z from '../lib/zod.ts';
import { parseSettings } from '../node/settings/parse.ts';
import { select } from '../selector/select.ts';
import { commands } from './commands/index.ts';

const root = path.resolve(import.meta.dirname, '../..');
const documents = [
  'README.md',
  ...readdirSync(path.join(root, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.md'))
    .map((file) => path.join('docs', file)),
  ...readdirSync(path.join(root, 'examples'))
    .map((name) => path.join('examples', name, 'README.md'))
    .filter((file) => existsSync(path.join(root, file))),
];

/** Blocks of code of a language, with the line that each begins in. */
function blocks(document: string, language: string): { readonly text: string; readonly line: number }[] {
  const text = readFileSync(path.join(root, document), 'utf8');
  const fenced = new RegExp(`^( *)\`\`\`${language}\\n([\\s\\S]*?)^ *\`\`\``, 'gm');
  return [...text.matchAll(fenced)].map(([whole, indent = '', code = '']) => ({
    text: code.replaceAll(new RegExp(`^${indent}`, 'gm'), ''),
    line: text.slice(0, text.indexOf(whole)).split('\n').length,
  }));
}

const commandLines = documents.flatMap((document) =>
  ['console', '']
    .flatMap((language) => blocks(document, language))
    .flatMap(({ text }) => text.split('\n'))
    .map((line) => /^(?:\w*\$ )?(?:bin\/)?(heddle .*)$/.exec(line.trim())?.[1]?.replace(/ {2,}#.*$/, ''))
    .filter((line) => line !== undefined)
    .map((line) => [document, line] as const),
);

const files = documents.flatMap((document) =>
  blocks(document, 'yaml')
    .filter(({ text }) => /^(services|engine|edge|state):/m.test(text))
    .map(({ text, line }) => [`${document}:${line}`, text] as const),
);

/** Every key that a JSON schema knows, however deep. */
function keysOf(schema: unknown): string[] {
  if (typeof schema !== 'object' || schema === null) return [];
  return Object.entries(schema).flatMap(([name, value]) => [
    ...(name === 'properties' ? Object.keys(value) : []),
    ...keysOf(value),
  ]);
}

test('the reference says what each key of an edge file is', () => {
  const page = readFileSync(path.join(root, 'docs/reference/edge-file.md'), 'utf8');
  const said = new Set([...page.matchAll(/`([^`]+)`/g)].flatMap(([, code = '']) => code.match(/\w+/g) ?? []));
  const schema = z.toJSONSchema(edgeFileSchema, { io: 'input', unrepresentable: 'any' });
  expect(keysOf(schema).filter((key) => !said.has(key))).toEqual([]);
});

describe('the documents', () => {
  test.each(commandLines)('%s: %s', (_document, line) => {
    const program = new Command('heddle').enablePositionalOptions();
    for (const command of commands()) program.addCommand(command);
    const { command, rest } = resolve(program, splitWords(line)?.words.slice(1) ?? []);
    expect(command, 'there is such a command').not.toBe(program);
    expect(command.parseOptions(rest).unknown, 'it has these options').toEqual([]);
  });

  test.each(files)('the file in %s is valid', (_place, text) => {
    if (/^sites:/m.test(text)) {
      expect(Object.keys(readEdgeFile(text, 'edge.yaml').services)).not.toEqual([]);
      return;
    }
    if (/^(engine|edge|state):/m.test(text)) {
      expect(parseSettings(text, 'node.yaml').settings).toMatchObject({ log: { level: 'info' } });
      return;
    }
    const descriptor = load({ 'compose.yaml': text });
    expect(
      select(descriptor, loadCatalogue([readFolder(path.join(root, 'examples/template/catalogue'))]), {}).pods
        .length,
    ).toBeGreaterThan(0);
  });

  test('have command lines and files to be checked', () => {
    expect(commandLines.length).toBeGreaterThan(10);
    expect(files.length).toBeGreaterThan(3);
  });
});

/** The command that words name, subcommands and default ones included, and the words that are left. */
function resolve(command: Command, words: readonly string[]): { command: Command; rest: string[] } {
  const [first, ...rest] = words;
  const child = command.commands.find((one) => one.name() === first);
  if (child) return resolve(child, rest);
  const own = (command as unknown as { _defaultCommandName?: string })._defaultCommandName;
  const fallback = command.commands.find((one) => one.name() === own);
  return { command: fallback ?? command, rest: [...words] };
}
