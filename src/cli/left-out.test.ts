import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Command, Option } from 'commander';
import { describe, expect, test } from 'vitest';
import { leftOutCommands, leftOutFlags } from './left-out.ts';
import { createProgram } from './program.ts';

/** What `docker compose` 2.40.3 prints under --help: flags by command, `<>` where one takes a value. */
const file = path.resolve(import.meta.dirname, '../../test/fixtures/docker-compose-2.40.json');
const composes = JSON.parse(readFileSync(file, 'utf8')) as Record<string, string[]>;
const program = createProgram();

const find = (name: string): Command | undefined =>
  name === '' ? program : program.commands.find((command) => command.name() === name);
const takesValue = ({ required, optional }: Option) => required || optional;

/** What of a command's flags is missing, or is there and something else. */
function differences(name: string, flags: readonly string[]): string[] {
  const options = find(name)?.options ?? [];
  const left = { ...leftOutFlags['*'], ...leftOutFlags[name] };
  return flags.flatMap((flag) => {
    const [, short, long = '', value] = /^(?:(-\w), )?(--[\w-]+)( <>)?$/.exec(flag) ?? [];
    const negative = long.replace(/^--/, '--no-');
    const own = options.filter((option) => option.long === long || option.long === negative);
    if (own.length === 0) return Object.hasOwn(left, long) ? [] : [`${long} is missing`];
    const problems = [
      ...(short !== undefined && !options.some((option) => option.short === short)
        ? [`${short} is missing`]
        : []),
      ...(own.some((option) => takesValue(option) === (value !== undefined))
        ? []
        : [`${long} takes a value or not`]),
    ];
    return problems.map((problem) => `${flag}: ${problem}`);
  });
}

describe('docker compose', () => {
  const commands = Object.keys(composes).filter((name) => name !== '');

  test('has no command that is not here, or left out with a reason', () => {
    expect(commands.filter((name) => !find(name) && !Object.hasOwn(leftOutCommands, name))).toEqual([]);
  });

  test.each(['', ...commands.filter((name) => !Object.hasOwn(leftOutCommands, name))])(
    'has no flag of "%s" that is not here, or left out with a reason',
    (name) => expect(differences(name, composes[name] ?? [])).toEqual([]),
  );

  test('has all that is said to be left out', () => {
    for (const name of Object.keys(leftOutCommands)) {
      expect(commands, name).toContain(name);
      expect(find(name), name).toBeUndefined();
    }
    for (const [name, flags] of Object.entries(leftOutFlags)) {
      for (const flag of Object.keys(flags)) {
        expect((composes[name === '*' ? 'ps' : name] ?? []).join(' '), `${name} ${flag}`).toContain(flag);
      }
    }
  });
});
