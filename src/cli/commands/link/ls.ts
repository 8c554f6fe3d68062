import type { Command } from 'commander';
import { type Format, formatOption, type NodeOptions, nodeCommand } from '../../command.ts';

export function listLinks(): Command {
  return nodeCommand('ls', 'List links')
    .alias('list')
    .addOption(formatOption())
    .action(async (options: NodeOptions & { readonly format: Format }) => {
      const [{ presentNode }, { printRows }, { delayText, lossText }] = await Promise.all([
        import('../../node-connection.ts'),
        import('../../output/table.ts'),
        import('../../output/units.ts'),
      ]);
      printRows(await presentNode(options).links(), options.format, {
        SITE: ({ site }) => site,
        NODE: ({ node }) => node,
        KIND: ({ kind }) => kind,
        ENCRYPTED: (link) => (link.private ? 'yes' : 'NO'),
        STATE: ({ state }) => state,
        UPLINK: ({ uplink }) => uplink ?? '',
        DELAY: ({ delay }) => delayText(delay),
        LOSS: ({ loss }) => lossText(loss),
        MTU: ({ mtu }) => mtu ?? '',
        REASON: ({ reason }) => reason,
      });
    });
}
