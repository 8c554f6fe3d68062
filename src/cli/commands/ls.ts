import { type Command, InvalidArgumentError } from 'commander';
import { type Format, formatOption, type NodeOptions, nodeCommand } from '../command.ts';

interface LsOptions extends NodeOptions {
  readonly format: Format;
  readonly quiet?: boolean;
  readonly filter?: RegExp;
}

export function ls(): Command {
  return nodeCommand('ls', 'List the applications of this host')
    .addOption(formatOption())
    .option('-q, --quiet', 'print their names only')
    .option('-a, --all', 'as Compose has it; those that are stopped are listed anyway')
    .option('--filter <name=pattern>', 'only those whose name matches a regular expression', nameFilter)
    .action(async (options: LsOptions) => {
      const [{ connectNode }, { printRows }, { isHeddleError }] = await Promise.all([
        import('../node-connection.ts'),
        import('../output/table.ts'),
        import('../../lib/errors.ts'),
      ]);
      const all = await connectNode(options)
        .summaries()
        .catch((error: unknown) => {
          if (isHeddleError(error, 'ERR_PROJECT_UNKNOWN')) return [];
          throw error;
        });
      const rows = all.filter(({ project }) => options.filter?.test(project) !== false);
      if (options.quiet) {
        for (const { project } of rows) process.stdout.write(`${project}\n`);
        return;
      }
      printRows(rows, options.format, {
        NAME: (row) => row.project,
        SERVICES: (row) => row.services,
        RUNNING: (row) => `${row.running}/${row.containers}`,
        FILES: (row) => row.files.join(','),
      });
    });
}

/** Of `--filter name=^shop`. */
function nameFilter(text: string): RegExp {
  const pattern = /^name=(.+)$/.exec(text)?.[1];
  if (pattern === undefined) throw new InvalidArgumentError('write it as name=PATTERN');
  try {
    return new RegExp(pattern);
  } catch {
    throw new InvalidArgumentError(`"${pattern}" is no regular expression`);
  }
}
