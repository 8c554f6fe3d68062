import type { Command } from 'commander';
import type { PublishedAt } from '../../../networks/ip/published-by.ts';
import type { Endpoint } from '../../../networks/standard/endpoint.ts';
import { type Format, formatOption, type NetworkingOptions, networkingCommand } from '../../command.ts';

export function listEndpoints(): Command {
  return networkingCommand('ls', 'List the endpoints of networks; of all, when none is named')
    .alias('list')
    .argument('[networks...]')
    .addOption(formatOption())
    .action(async (names: string[], options: NetworkingOptions & { readonly format: Format }) => {
      const [{ presentNetworking }, { printRows }, { publishedBy }] = await Promise.all([
        import('../../networking-connection.ts'),
        import('../../output/table.ts'),
        import('../../../networks/ip/published-by.ts'),
      ]);
      const networking = await presentNetworking(options);
      const networks = names.length > 0 ? names : (await networking.networks.list()).map(({ name }) => name);
      const endpoints = await Promise.all(networks.map((name) => networking.endpoints(name).list()));
      const all = endpoints.flat();
      const areShared = all.some(({ node }) => node !== undefined);
      printRows(all, options.format, {
        NETWORK: (row) => row.network,
        NAME: (row) => row.name,
        ...(areShared && { NODE: (row: Endpoint) => row.node ?? '' }),
        STATUS: (row) => row.status.phase,
        ATTACHMENT: (row) => attachedTo(row.attachment),
        INTERFACE: (row) => String(row.status.observed['interface'] ?? ''),
        MAC: (row) => row.mac,
        ADDRESSES: (row) => [row.status.observed['addresses'] ?? []].flat().join(','),
        ...(all.some((row) => publishedBy(row).length > 0) && {
          PORTS: (row: Endpoint) => publishedBy(row).map(publishedAs).join(','),
        }),
      });
    });
}

/** As `docker ps` has it. */
function publishedAs({ address, published, port, protocol }: PublishedAt): string {
  const host = address?.includes(':') ? `[${address}]` : address;
  return `${host === undefined ? '' : `${host}:`}${published}->${port}/${protocol}`;
}

function attachedTo(attachment: { readonly kind: string; readonly path?: string }): string {
  return attachment.path ?? attachment.kind;
}
