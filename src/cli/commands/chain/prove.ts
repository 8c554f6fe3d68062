import type { Command } from 'commander';
import { type ListingOptions, listing, listingCommand } from '../../listing.ts';

export function proveChains(): Command {
  return listingCommand(
    'prove',
    'Send probes through chains, and show each hop; exits with 1 where one fails',
  )
    .argument('[chains...]', 'all, when none is named')
    .action(async (names: string[], options: ListingOptions) => {
      const [{ node, project }, { chainText }] = await Promise.all([
        listing(options),
        import('../../output/chain.ts'),
      ]);
      const chains = await node.proveChains(project, names);
      if (options.format === 'json') process.stdout.write(`${JSON.stringify(chains, null, 2)}\n`);
      else process.stdout.write(chains.map(chainText).join(''));
      if (chains.some(({ state }) => state === 'failed')) process.exitCode = 1;
    });
}
