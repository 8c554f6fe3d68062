import { type Command, InvalidArgumentError } from 'commander';
import { parseDuration } from '../../../lib/time.ts';
import { type ListingOptions, listing, listingCommand } from '../../listing.ts';

interface ShowOptions extends ListingOptions {
  readonly during?: number;
}

export function showChain(): Command {
  return listingCommand('show', 'Show the last proof of a chain, and what passes it, hop by hop')
    .argument('<chain>')
    .option(
      '--during <time>',
      'of the traffic only what passes from now on for so long (10s), up to a minute',
      duringOption,
    )
    .action(async (name: string, options: ShowOptions) => {
      const [{ node, project }, { chainText, chainJson, chainNamed }] = await Promise.all([
        listing(options),
        import('../../output/chain.ts'),
      ]);
      const found = chainNamed(await node.chains(project, options.during), name, project);
      process.stdout.write(options.format === 'json' ? chainJson(found) : found.map(chainText).join(''));
    });
}

/** Seconds. */
function duringOption(text: string): number {
  const milliseconds = parseDuration(text);
  if (milliseconds === undefined || milliseconds < 100 || milliseconds > 60_000)
    throw new InvalidArgumentError('a time from 100ms to 60s is needed');
  return milliseconds / 1000;
}
