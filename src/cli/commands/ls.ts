import type { Command } from 'commander';
import { type Format, formatOption, type NodeOptions, nodeCommand } from '../command.ts';

export function ls(): Command {
  return nodeCommand('ls', 'List the applications of this host')
    .addOption(formatOption())
    .action(async (options: NodeOptions & { format: Format }) => {
      const [{ connectNode }, { printRows }, { isHeddleError }] = await Promise.all([
        import('../node-connection.ts'),
        import('../output/table.ts'),
        import('../../lib/errors.ts'),
      ]);
      const rows = await connectNode(options)
        .summaries()
        .catch((error: unknown) => {
          if (isHeddleError(error, 'ERR_PROJECT_UNKNOWN')) return [];
          throw error;
        });
      printRows(rows, options.format, {
        NAME: (row) => row.project,
        SERVICES: (row) => row.services,
        RUNNING: (row) => `${row.running}/${row.containers}`,
        FILES: (row) => row.files.join(','),
      });
    });
}
