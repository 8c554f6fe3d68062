import type { Command } from 'commander';
import type { ChainStatus } from '../../../networks/path/proof/status.ts';
import { type ListingOptions, listing, listingCommand } from '../../listing.ts';
import type { Columns } from '../../output/table.ts';

const columns: Columns<ChainStatus> = {
  CHAIN: ({ chain }) => chain,
  FROM: ({ from }) => from,
  TO: ({ to }) => to,
  PORTS: ({ ports }) => ports.join(', ') || 'all',
  THROUGH: ({ through }) => through.join(', '),
  STATE: ({ state }) => state,
  REASON: ({ reason }) => reason ?? '',
};

export function listChains(): Command {
  return listingCommand('ls', 'List chains, and what is known of each by probes')
    .alias('list')
    .action(async (options: ListingOptions) => {
      const { node, project, print, orNone } = await listing(options);
      const chains = await orNone(node.chains(project), []);
      const isSpread = chains.some((chain) => chain.node !== undefined);
      print(chains, { ...columns, ...(isSpread && { NODE: (chain: ChainStatus) => chain.node ?? '' }) });
    });
}
