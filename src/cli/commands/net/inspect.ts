import type { Command } from 'commander';
import { type NetworkingOptions, networkingCommand } from '../../command.ts';

export function inspectNetworks(): Command {
  return networkingCommand('inspect', 'Show all of networks and their endpoints, as JSON')
    .argument('<networks...>')
    .action(async (names: string[], options: NetworkingOptions) => {
      const { presentNetworking } = await import('../../networking-connection.ts');
      const networking = await presentNetworking(options);
      const shown = await Promise.all(
        names.map(async (name) => ({
          ...(await networking.networks.read(name)),
          endpoints: await networking.endpoints(name).list(),
        })),
      );
      process.stdout.write(`${JSON.stringify(shown, null, 2)}\n`);
    });
}
