import type { Command } from 'commander';
import { type Format, formatOption, type NetworkingOptions, networkingCommand } from '../../command.ts';

export function networkStats(): Command {
  return networkingCommand('stats', 'What has passed at each link of networks; of all, when none is named')
    .alias('counters')
    .argument('[networks...]')
    .addOption(formatOption())
    .action(async (names: string[], options: NetworkingOptions & { readonly format: Format }) => {
      const [{ presentNetworking }, { printRows }, { bytesText }] = await Promise.all([
        import('../../networking-connection.ts'),
        import('../../output/table.ts'),
        import('../../output/units.ts'),
      ]);
      const { traffic } = await presentNetworking(options);
      const counted =
        names.length > 0
          ? (await Promise.all(names.map((name) => traffic.counters(name)))).flat()
          : await traffic.counters();
      if (options.format === 'json') return printRows(counted, 'json', {});
      const links = counted.flatMap(({ network, links: own }) => own.map((link) => ({ network, ...link })));
      printRows(links, 'table', {
        NETWORK: (row) => row.network,
        LINK: (row) => (row.kind === 'endpoint' ? row.name : row.kind),
        INTERFACE: (row) => row.interface,
        RECEIVED: (row) => bytesText(row.received.bytes),
        PACKETS: (row) => row.received.packets,
        DROPPED: (row) => row.received.dropped,
        SENT: (row) => bytesText(row.sent.bytes),
        'PACKETS SENT': (row) => row.sent.packets,
        'DROPPED SENT': (row) => row.sent.dropped,
      });
    });
}
