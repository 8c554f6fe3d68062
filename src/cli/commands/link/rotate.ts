import type { Command } from 'commander';
import { type NodeOptions, nodeCommand } from '../../command.ts';

export function rotateKeys(): Command {
  return nodeCommand(
    'rotate',
    'Make this node a new private key; its links change to it when the other nodes know it',
  ).action(async (options: NodeOptions) => {
    const { presentNode } = await import('../../node-connection.ts');
    const { publicKey } = await presentNode(options).rotateLinkKeys();
    process.stdout.write(`${publicKey}\n`);
  });
}
