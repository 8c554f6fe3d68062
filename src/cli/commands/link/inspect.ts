import type { Command } from 'commander';
import { type Format, formatOption, type NodeOptions, nodeCommand } from '../../command.ts';

export function inspectLinks(): Command {
  return nodeCommand('inspect', 'Show the link to a node, and all paths that it could take')
    .argument('<node>')
    .addOption(formatOption())
    .action(async (node: string, options: NodeOptions & { readonly format: Format }) => {
      const [{ presentNode }, { tableOf }, { agoText }, { delayText, lossText }] = await Promise.all([
        import('../../node-connection.ts'),
        import('../../output/table.ts'),
        import('../../output/ago.ts'),
        import('../../output/units.ts'),
      ]);
      const link = await presentNode(options).link(node);
      if (options.format === 'json') {
        process.stdout.write(`${JSON.stringify(link, null, 2)}\n`);
        return;
      }
      const now = Date.now();
      const safety = link.private
        ? 'encrypted and authenticated'
        : 'NEITHER ENCRYPTED NOR AUTHENTICATED: whoever is on the way reads and writes it';
      const about = [
        ['node', `${link.node}, at site ${link.site}`],
        ['kind', `${link.kind}, ${safety}`],
        ['state', `${link.state}, since ${agoText(link.since, now)}`],
        ['addresses', `${link.local} here, ${link.remote} there`],
        ['mtu', link.mtu ?? 'not known yet'],
        ['path', link.reason],
        ['moves', link.moves],
        ...(link.handshake === null ? [] : [['keys', `agreed ${agoText(link.handshake, now)}`]]),
      ];
      const lines = about.map(([what, text]) => `${`${what}:`.padEnd(11)}${text}`).join('\n');
      const table = tableOf(link.paths, {
        PATH: ({ name, used }) => `${name}${used ? ' *' : ''}`,
        STATE: ({ up }) => (up ? 'up' : 'down'),
        DELAY: ({ delay }) => delayText(delay),
        LOSS: ({ loss }) => lossText(loss),
        COST: ({ cost }) => cost,
        MTU: ({ mtu }) => mtu ?? '',
        FALLS: ({ falls }) => falls,
        FROM: ({ local }) => local,
        TO: ({ remote }) => remote,
      });
      process.stdout.write(`${lines}\n\n${table}\n`);
    });
}
