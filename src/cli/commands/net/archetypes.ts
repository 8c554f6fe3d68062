import type { Command } from 'commander';
import { type Format, formatOption, type NetworkingOptions, networkingCommand } from '../../command.ts';

export function listArchetypes(): Command {
  return networkingCommand(
    'archetypes',
    'List the kinds of networks there are; as JSON, with what each takes',
  )
    .addOption(formatOption())
    .action(async (options: NetworkingOptions & { readonly format: Format }) => {
      const [{ presentNetworking }, { printRows }] = await Promise.all([
        import('../../networking-connection.ts'),
        import('../../output/table.ts'),
      ]);
      const networking = await presentNetworking(options);
      printRows(await networking.archetypes(), options.format, {
        NAME: (row) => row.name,
        ATTACHMENTS: (row) => row.attachments.join(','),
        IP: (row) => (row.carriesIp ? 'yes' : 'no'),
        TRAFFIC: (row) => row.traffic.join(','),
        SUMMARY: (row) => row.summary,
      });
    });
}
