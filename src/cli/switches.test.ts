import { expect, test } from 'vitest';
import { SwitchingCommand } from './switches.ts';

const told = (...words: string[]) => {
  const command = new SwitchingCommand('run')
    .option('--rm')
    .option('--no-deps')
    .option('-i, --interactive')
    .option('--no-interactive')
    .option('--name <name>')
    .argument('<service>')
    .argument('[command...]')
    .passThroughOptions();
  let seen = {};
  command.action((_service, rest: string[], options: object) => {
    seen = { ...options, rest };
  });
  command.exitOverride().parse(words, { from: 'user' });
  return seen;
};

test('a switch may have a value, as with Docker', () => {
  expect(told('--rm=true', '--interactive=false', 'web')).toMatchObject({ rm: true, interactive: false });
  expect(told('--rm=false', '--deps=false', '--interactive=true', 'web')).toEqual({
    deps: false,
    interactive: true,
    rest: [],
  });
  expect(told('--name=true', 'web')).toMatchObject({ name: 'true' });
});

test('what stands behind the service is the program’s own', () => {
  expect(told('web', 'sh', '--rm=true')).toMatchObject({ rest: ['sh', '--rm=true'] });
});
