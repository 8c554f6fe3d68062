import type { Command } from 'commander';
import { describe, expect, test } from 'vitest';
import { HeddleError } from '../lib/errors.ts';
import { createProgram } from './program.ts';

/** What a command is told by a line: its options and arguments, instead of carrying it out. */
async function told(...line: string[]): Promise<{ options: Record<string, unknown>; args: string[] }> {
  const program = createProgram();
  let seen: Command | undefined;
  const watch = (command: Command) => {
    command.commands.forEach(watch);
    command.action((...given: unknown[]) => {
      seen = given.at(-1) as Command;
    });
  };
  program.commands.forEach(watch);
  await program.parseAsync(line, { from: 'user' });
  return { options: seen?.opts() ?? {}, args: seen?.args ?? [] };
}

describe('options that stand before the command', () => {
  test('are the command’s as if they stood behind it', async () => {
    const { options } = await told(
      '-f',
      'a.yaml',
      '-p',
      'shop',
      '--env-file',
      'e',
      '--profile=x',
      'ps',
      '-a',
    );
    expect(options).toMatchObject({
      file: ['a.yaml'],
      projectName: 'shop',
      envFile: ['e'],
      profile: ['x'],
      all: true,
    });
    const { options: node } = await told('--socket', 's', '--state-dir', 'd', '--engine', 'docker', 'ls');
    expect(node).toMatchObject({ socket: 's', stateDir: 'd', engine: 'docker' });
  });

  test('come together with those behind it: lists in their order, of single values the last', async () => {
    const line = [
      '-f',
      'a',
      '-p',
      'one',
      '--catalogue',
      'c',
      'ps',
      '-f',
      'b',
      '-p',
      'two',
      '--catalogue',
      'd',
    ];
    expect((await told(...line)).options).toMatchObject({
      file: ['a', 'b'],
      projectName: 'two',
      catalogue: ['c', 'd'],
    });
  });

  test('keep their meaning where a command has the same letter for something else', async () => {
    const { options, args } = await told('-f', 'a.yaml', 'logs', '-f', 'web');
    expect(options).toMatchObject({ file: ['a.yaml'], follow: true });
    expect(args).toEqual(['web']);
  });

  test('reach commands below commands', async () => {
    expect((await told('-p', 'shop', 'firewall', 'suggest')).options).toMatchObject({ projectName: 'shop' });
    expect((await told('firewall', '-p', 'shop', 'suggest')).options).toMatchObject({ projectName: 'shop' });
  });

  test('are left alone by a command that has none', async () => {
    expect((await told('-f', 'a.yaml', 'ls')).options).not.toHaveProperty('file');
  });
});

describe('a command that is not there', () => {
  const refusal = async (...line: string[]) => {
    const error: unknown = await told(...line).catch((cause: unknown) => cause);
    if (!(error instanceof HeddleError)) throw error;
    return { message: error.message, hint: error.hint };
  };

  test('is said to be left out, with the reason, if Compose has it', async () => {
    const { message, hint } = await refusal('-f', 'a.yaml', 'commit', 'web');
    expect(message).toMatch(/^commit is left out of Heddle: /);
    expect(hint).toContain('heddle build');
  });

  test('is refused with the one that was meant, or the way to all of them', async () => {
    expect((await refusal('flow')).hint).toBe('did you mean "flows"?');
    expect((await refusal('constructor')).hint).toBe('`heddle --help` lists what there is');
    expect((await refusal('toString')).message).toBe('there is no command "toString"');
  });
});
