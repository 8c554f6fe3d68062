import type { Command } from 'commander';
import { type NodeOptions, nodeCommand } from '../../command.ts';

export function inspectNetworks(): Command {
  return nodeCommand('inspect', 'Show all of networks and their endpoints, as JSON')
    .argument('<names...>')
    .action(async (names: string[], options: NodeOptions) => {
      const { presentNode } = await import('../../node-connection.ts');
      const { networking } = presentNode(options);
      const shown = await Promise.all(
        names.map(async (name) => ({
          ...(await networking.networks.read(name)),
          endpoints: await networking.endpoints(name).list(),
        })),
      );
      process.stdout.write(`${JSON.stringify(shown, null, 2)}\n`);
    });
}
