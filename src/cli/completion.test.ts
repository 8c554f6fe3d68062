import { Command, Option } from 'commander';
import { describe, expect, test } from 'vitest';
import { argumentAt, listedCandidates, matching, placeOf } from './completion.ts';

const program = () =>
  new Command('heddle')
    .enablePositionalOptions()
    .addCommand(
      new Command('ps')
        .description('List')
        .option('-f, --file <path>', 'file')
        .option('-a, --all', 'all')
        .addOption(new Option('--format <format>').choices(['table', 'json']))
        .argument('[services...]'),
    )
    .addCommand(new Command('exec').argument('<service>').argument('<command...>').passThroughOptions())
    .addCommand(new Command('images').addCommand(new Command('build').argument('[names...]')))
    .addCommand(new Command('net').addCommand(new Command('rm').alias('remove').argument('<networks...>')))
    .addCommand(new Command('secret'), { hidden: true });

const place = (...words: string[]) => placeOf(program(), words);
const values = (...words: string[]) => {
  const where = place(...words);
  return matching(where, listedCandidates(where)).map(({ value }) => value);
};

describe('completion', () => {
  test('lists commands, and those below them, but none that is hidden', () => {
    expect(values('')).toEqual(['ps', 'exec', 'images', 'net', 'help']);
    expect(values('e')).toEqual(['exec']);
    expect(values('images', 'b')).toEqual(['build']);
    expect(values('s')).toEqual([]);
  });

  test('lists options, and their values behind a space or an equals sign', () => {
    expect(values('ps', '--f')).toEqual(['--file', '--format']);
    expect(values('ps', '-a', '--format', '')).toEqual(['table', 'json']);
    expect(values('ps', '--format=j')).toEqual(['--format=json']);
  });

  test('knows which argument is typed, whatever options and values stand before it', () => {
    expect(argumentAt(place('ps', '-f', 'a.yaml', '-a', 'web', ''))?.name()).toBe('services');
    expect(place('ps', '-f', 'a.yaml', '--file=b.yaml', 'web', '').options).toEqual({
      file: ['a.yaml', 'b.yaml'],
    });
    expect(place('ps', '-f', '').option?.long).toBe('--file');
    expect(argumentAt(place('exec', ''))?.name()).toBe('service');
    expect(argumentAt(place('images', 'build', ''))?.name()).toBe('names');
    for (const alias of ['rm', 'remove'])
      expect(argumentAt(place('net', alias, 'lab', ''))?.name()).toBe('networks');
  });

  test('leaves the words behind the service of exec alone', () => {
    expect(argumentAt(place('exec', 'web', 'ls', '-'))?.name()).toBe('command');
    expect(values('exec', 'web', 'ls', '-')).toEqual([]);
    expect(values('exec', '--h')).toEqual(['--help']);
  });
});
