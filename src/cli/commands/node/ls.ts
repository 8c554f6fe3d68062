import type { Command } from 'commander';
import { type Format, formatOption, type NodeOptions, nodeCommand } from '../../command.ts';

export function listNodes(): Command {
  return nodeCommand('ls', 'List the nodes that share networks')
    .alias('list')
    .addOption(formatOption())
    .action(async (options: NodeOptions & { readonly format: Format }) => {
      const [{ presentNode }, { printRows }] = await Promise.all([
        import('../../node-connection.ts'),
        import('../../output/table.ts'),
      ]);
      printRows(await presentNode(options).nodes(), options.format, {
        NAME: ({ name }) => name,
        STATUS: ({ present }) => (present ? 'ready' : 'away'),
        SITE: ({ site = '' }) => site,
        ENGINE: ({ engine = '' }) => engine,
      });
    });
}
