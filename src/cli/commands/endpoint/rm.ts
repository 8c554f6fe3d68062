import type { Command } from 'commander';
import { type NetworkingOptions, networkingCommand } from '../../command.ts';
import { forEach } from '../../for-each.ts';

export function removeEndpoints(): Command {
  return networkingCommand('rm', 'Take access to a network away')
    .alias('remove')
    .argument('<network>')
    .argument('<endpoints...>')
    .action(async (network: string, names: string[], options: NetworkingOptions) => {
      const { presentNetworking } = await import('../../networking-connection.ts');
      const endpoints = (await presentNetworking(options)).endpoints(network);
      await forEach(names, async (name) => {
        await endpoints.delete(name);
        process.stdout.write(`${name}\n`);
      });
    });
}
