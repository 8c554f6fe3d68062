import type { Command } from 'commander';
import { type NetworkingOptions, networkingCommand } from '../../command.ts';
import { forEach } from '../../for-each.ts';

export function removeNetworks(): Command {
  return networkingCommand('rm', 'Remove networks that have no endpoints')
    .alias('remove')
    .argument('<networks...>')
    .option('-f, --force', 'their endpoints as well; one that is not there is no error')
    .action(async (names: string[], options: NetworkingOptions & { readonly force?: boolean }) => {
      const [{ presentNetworking }, { isHeddleError }] = await Promise.all([
        import('../../networking-connection.ts'),
        import('../../../lib/errors.ts'),
      ]);
      const networking = await presentNetworking(options);
      await forEach(names, async (name) => {
        try {
          const endpoints = options.force ? await networking.endpoints(name).list() : [];
          for (const endpoint of endpoints) await networking.endpoints(name).delete(endpoint.name);
          await networking.networks.delete(name);
          process.stdout.write(`${name}\n`);
        } catch (error) {
          if (!(options.force && isHeddleError(error, 'ERR_RESOURCE_UNKNOWN'))) throw error;
        }
      });
    });
}
