import type { Command } from 'commander';
import { type ListingOptions, listing, listingCommand } from '../../listing.ts';

export function showChain(): Command {
  return listingCommand('show', 'Show the last proof of a chain, hop by hop')
    .argument('<chain>')
    .action(async (name: string, options: ListingOptions) => {
      const [{ node, project }, { printChain, chainNamed }] = await Promise.all([
        listing(options),
        import('../../output/chain.ts'),
      ]);
      const chain = chainNamed(await node.chains(project), name, project);
      if (options.format === 'json') process.stdout.write(`${JSON.stringify(chain, null, 2)}\n`);
      else printChain(chain);
    });
}
