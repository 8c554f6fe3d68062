import type { Command } from 'commander';
import { type NodeOptions, nodeCommand } from '../../command.ts';
import { forEach } from '../../for-each.ts';

export function removeNodes(): Command {
  return nodeCommand('rm', 'Forget nodes that will not come back, with their endpoints')
    .alias('remove')
    .argument('<nodes...>')
    .action(async (names: string[], options: NodeOptions) => {
      const { presentNode } = await import('../../node-connection.ts');
      const node = presentNode(options);
      await forEach(names, async (name) => {
        await node.removeNode(name);
        process.stdout.write(`${name}\n`);
      });
    });
}
