import { type Command, Option } from 'commander';
import { type NodeOptions, type ProjectOptions, projectCommand, several } from '../command.ts';
import type { OnceOptions } from '../one-off.ts';

interface RunOptions extends ProjectOptions, NodeOptions, OnceOptions {
  readonly build?: boolean;
  readonly deps: boolean;
  readonly detach?: boolean;
  readonly pull?: 'always' | 'missing' | 'never';
  readonly quiet?: boolean;
  readonly rm?: boolean;
}

export function run(): Command {
  return projectCommand('run', 'Run a container beside the replicas of a service, such as for a migration', [
    '-p',
  ])
    .argument('<service>')
    .argument('[command...]', 'the service’s own, when none is given')
    .passThroughOptions()
    .option('--build', 'build its image again')
    .addOption(several('--cap-add <capability>', 'right to add'))
    .addOption(several('--cap-drop <capability>', 'right to take away'))
    .option('-d, --detach', 'start it, print its name and come back')
    .option('--entrypoint <line>', 'program to run instead of the image’s, with arguments')
    .addOption(several('-e, --env <name=value>', 'variable to set; a name alone is taken from here'))
    .addOption(several('--env-from-file <file>', 'file of variables to set'))
    .option('-i, --interactive', 'hand on standard input, as it does anyway')
    .option('--no-interactive', 'hand on no standard input')
    .addOption(several('-l, --label <name=value>', 'label to set'))
    .option('--name <name>', 'of the container')
    .option('-T, --no-TTY', 'no terminal; without one on both sides there is none anyway')
    .option('-t', 'as Docker has it; there is a terminal where the command has one')
    .option('--no-deps', 'do not start what the service depends on')
    .addOption(several('-p, --publish <port>', 'port to publish, as in `ports`'))
    .addOption(new Option('--pull <policy>', 'of its image').choices(['always', 'missing', 'never']))
    .option('-q, --quiet', 'say nothing of what is done before it starts')
    .option('--quiet-build', 'as --quiet')
    .option('--quiet-pull', 'as --quiet')
    .option('--rm', 'remove it when it has ended')
    .option('-P, --service-ports', 'publish the ports of the service, too')
    .option('--use-aliases', 'let it be reached by the names of the service')
    .option('-u, --user <user>', 'user, or user:group, to run it as')
    .addOption(several('-v, --volume <mount>', 'mount, as in `volumes`'))
    .option('-w, --workdir <path>', 'folder to run it in')
    .action(async (service: string, command: string[], options: RunOptions) => {
      const [{ SentProject }, { ensureNode }, { runOneOff }, { oneOffOf }] = await Promise.all([
        import('../sent-project.ts'),
        import('../node-connection.ts'),
        import('../run-one-off.ts'),
        import('../one-off.ts'),
      ]);
      const project = new SentProject(options);
      const terminal = process.stdin.isTTY === true && process.stdout.isTTY === true && !options.detach;
      const oneOff = oneOffOf(service, command, options, terminal);
      const node = await ensureNode(options);
      const { spec } = await project.select(node, { services: [service], oneOff });
      process.exitCode = await runOneOff(
        node,
        {
          type: 'once',
          spec,
          dependencies: options.deps,
          remove: options.rm === true,
          detach: options.detach === true,
          input: oneOff.interactive,
          ...(oneOff.tty && {
            size: { rows: process.stdout.rows || 24, columns: process.stdout.columns || 80 },
          }),
          build: options.build === true,
          ...(options.pull && { pull: options.pull }),
        },
        options.quiet === true,
      );
    });
}
