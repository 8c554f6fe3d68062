import type { Command } from 'commander';
import { type NodeOptions, nodeCommand } from '../../command.ts';
import { forEach } from '../../for-each.ts';

export function removeEndpoints(): Command {
  return nodeCommand('rm', 'Take access to a network away')
    .alias('remove')
    .argument('<network>')
    .argument('<names...>')
    .action(async (network: string, names: string[], options: NodeOptions) => {
      const { presentNode } = await import('../../node-connection.ts');
      const endpoints = presentNode(options).networking.endpoints(network);
      await forEach(names, async (name) => {
        await endpoints.delete(name);
        process.stdout.write(`${name}\n`);
      });
    });
}
