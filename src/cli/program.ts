import { Command, CommanderError } from 'commander';
import { nearest } from '../lib/did-you-mean.ts';
import { HeddleError } from '../lib/errors.ts';
import { printable } from '../lib/printable.ts';
import { version } from '../lib/version.ts';
import { complete } from './commands/completion.ts';
import { commandNamed, commands } from './commands/index.ts';
import { inheritGlobals, nodeOptions, projectOptions } from './global-options.ts';
import { unknownCommand } from './left-out.ts';
import { printError } from './output/errors.ts';

/** What was typed comes back in messages: as text, whatever is in it. */
const plainErrors = { writeErr: (text: string) => process.stderr.write(printable(text)) };

/** Exit codes: 0 done, 1 failed, 2 the command line was not understood. */
export async function run(argv: readonly string[]): Promise<number> {
  // Whoever read the output has seen enough (`heddle logs | head`): end as a program does that a SIGPIPE ends.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(141);
    throw error;
  });
  const program = createProgram(argv.slice(2));
  try {
    await program.parseAsync([...argv]);
    return Number(process.exitCode ?? 0);
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    printError(error);
    return (error as { code?: string }).code === 'ERR_USAGE' ? 2 : 1;
  }
}

/** The command line: what may stand before a command, and the commands; of a line that names one, that one alone. */
export function createProgram(line: readonly string[] = []): Command {
  const program = withGlobals(new Command('heddle'))
    .description('Runs a Compose file with its network management, keeps it running, and shows what passes.')
    .version(version(), '-v, --version')
    .enablePositionalOptions()
    .usage('[options] COMMAND')
    .showHelpAfterError('(add --help for the options)')
    .exitOverride()
    .configureOutput(plainErrors)
    .hook('preAction', (_program, command) => inheritGlobals(command))
    .on('command:*', ([name = '']: string[]) => refuseUnknown(program, name));
  const named = commandNamed(firstWord(line) ?? '');
  for (const command of named ? [named] : commands()) program.addCommand(withExitOverride(command));
  program.addCommand(
    complete(() => program),
    { hidden: true },
  );
  return program;
}

function withGlobals(program: Command): Command {
  for (const option of [...projectOptions(), ...nodeOptions()]) program.addOption(option);
  return program;
}

/** The first word of a line that is no option, and no option's value. */
function firstWord(line: readonly string[]): string | undefined {
  const reader = withGlobals(new Command()).enablePositionalOptions().passThroughOptions();
  return reader.parseOptions([...line]).operands[0];
}

function refuseUnknown(program: Command, name: string): never {
  const { message, hint } = unknownCommand(name);
  const known = program
    .createHelp()
    .visibleCommands(program)
    .map((command) => command.name());
  const near = nearest(name, known);
  const suggestion = near === undefined ? '`heddle --help` lists what there is' : `did you mean "${near}"?`;
  throw new HeddleError('ERR_USAGE', message, { hint: hint ?? suggestion });
}

function withExitOverride(command: Command): Command {
  for (const child of command.commands) withExitOverride(child);
  return command.exitOverride().configureOutput(plainErrors);
}
