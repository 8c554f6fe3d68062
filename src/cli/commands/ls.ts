import type { Command } from 'commander';
import { type Format, formatOption, type NodeOptions, nodeCommand } from '../command.ts';

export function ls(): Command {
  return nodeCommand('ls', 'List the applications of this host')
    .addOption(formatOption())
    .action(async (options: NodeOptions & { format: Format }) => {
      const [{ connectNode }, { printRows }] = await Promise.all([
        import('../node-connection.ts'),
        import('../output/table.ts'),
      ]);
      printRows(await connectNode(options).summaries(), options.format, {
        NAME: (row) => row.project,
        SERVICES: (row) => row.services,
        RUNNING: (row) => `${row.running}/${row.containers}`,
        FILES: (row) => row.files.join(','),
      });
    });
}
