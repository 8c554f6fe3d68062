import { Command, CommanderError } from 'commander';
import { version } from '../lib/version.ts';
import { complete } from './commands/completion.ts';
import { commands } from './commands/index.ts';
import { printError } from './output/errors.ts';

/** Exit codes: 0 done, 1 failed, 2 the command line was not understood. */
export async function run(argv: readonly string[]): Promise<number> {
  // Whoever read the output has seen enough (`heddle logs | head`): end as a program does that a SIGPIPE ends.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(141);
    throw error;
  });
  const program = new Command('heddle')
    .description('Runs a Compose file with its network management, keeps it running, and shows what passes.')
    .version(version(), '-v, --version')
    .enablePositionalOptions()
    .showHelpAfterError('(add --help for the options)')
    .exitOverride();
  for (const command of commands()) program.addCommand(withExitOverride(command));
  program.addCommand(
    complete(() => program),
    { hidden: true },
  );
  try {
    await program.parseAsync([...argv]);
    return Number(process.exitCode ?? 0);
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    printError(error);
    return (error as { code?: string }).code === 'ERR_USAGE' ? 2 : 1;
  }
}

function withExitOverride(command: Command): Command {
  for (const child of command.commands) withExitOverride(child);
  return command.exitOverride();
}
