import type { Command } from 'commander';
import { type Format, formatOption, type NodeOptions, nodeCommand } from '../../command.ts';

export function listArchetypes(): Command {
  return nodeCommand('archetypes', 'List the kinds of networks there are; as JSON, with what each takes')
    .addOption(formatOption())
    .action(async (options: NodeOptions & { readonly format: Format }) => {
      const [{ presentNode }, { printRows }] = await Promise.all([
        import('../../node-connection.ts'),
        import('../../output/table.ts'),
      ]);
      const { networking } = presentNode(options);
      printRows(await networking.archetypes(), options.format, {
        NAME: (row) => row.name,
        ATTACHMENTS: (row) => row.attachments.join(','),
        IP: (row) => (row.carriesIp ? 'yes' : 'no'),
        TRAFFIC: (row) => row.traffic.join(','),
        SUMMARY: (row) => row.summary,
      });
    });
}
