import type { Command } from 'commander';
import type { Network } from '../../../networks/standard/network.ts';
import { type Format, formatOption, type NetworkingOptions, networkingCommand } from '../../command.ts';

interface LsOptions extends NetworkingOptions {
  readonly format: Format;
  readonly quiet?: boolean;
}

export function listNetworks(): Command {
  return networkingCommand('ls', 'List networks')
    .alias('list')
    .addOption(formatOption())
    .option('-q, --quiet', 'print their names only')
    .action(async (options: LsOptions) => {
      const [{ presentNetworking }, { printRows }] = await Promise.all([
        import('../../networking-connection.ts'),
        import('../../output/table.ts'),
      ]);
      const networks = await (await presentNetworking(options)).networks.list();
      if (options.quiet) {
        for (const { name } of networks) process.stdout.write(`${name}\n`);
        return;
      }
      const areShared = networks.some(({ status }) => status.nodes !== undefined);
      printRows(networks, options.format, {
        NAME: (row) => row.name,
        ARCHETYPE: (row) => row.archetype,
        STATUS: (row) => row.status.phase,
        ...(areShared && {
          NODES: (row: Network) => row.status.nodes?.map(({ name }) => name).join(',') ?? '',
        }),
        INTERFACE: (row) => String(row.status.observed['interface'] ?? ''),
        SUBNETS: (row) => [row.status.observed['subnets'] ?? []].flat().join(','),
      });
    });
}
