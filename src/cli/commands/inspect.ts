import type { Command } from 'commander';
import type { InspectRecord, Standing } from '../../monitor/inspect/record.ts';
import { type ListingOptions, listing, listingCommand } from '../listing.ts';

interface InspectOptions extends ListingOptions {
  readonly check?: boolean;
}

export function inspect(): Command {
  return listingCommand('inspect', 'Compare what running containers share and may do with what was declared')
    .argument('[services...]', 'only these services, and what manages them')
    .option('--check', 'exit with 1 when something is not as declared')
    .action(async (services: string[], options: InspectOptions) => {
      const [{ node, project, print, orNone }, { coloursFor }] = await Promise.all([
        listing(options),
        import('../output/colours.ts'),
      ]);
      const records = await orNone(node.inspect(project, services), []);
      print(records, {
        CONTAINER: (row) => row.name,
        SHARES: (row) => part(row, ({ sharing }) => sharing ?? ''),
        CAPABILITIES: (row) => part(row, capabilitiesText),
        MOUNTS: (row) => part(row, ({ mounts }) => String(mounts.length)),
        NETWORKS: (row) => part(row, networksText),
        MANAGEMENT: (row) => part(row, ({ management }) => management),
        'AS DECLARED': (row) => (row.asDeclared ? 'yes' : 'NO'),
      });
      const wrong = records.filter((record) => !record.asDeclared);
      if (options.format === 'table') {
        for (const { name, differences } of wrong) {
          process.stdout.write(`\n${coloursFor(process.stdout).red('NOT AS DECLARED')} ${name}\n`);
          for (const difference of differences) process.stdout.write(`  ${difference}\n`);
        }
      }
      if (options.check && wrong.length > 0) process.exitCode = 1;
    });
}

/** A column is what is observed; nothing of a container that does not run. */
function part(record: InspectRecord, text: (observed: Standing) => string): string {
  return record.observed ? text(record.observed) : '-';
}

function capabilitiesText({ capabilities }: Standing): string {
  if (capabilities.length > 6) return `${capabilities.length} (see --format json)`;
  return capabilities.join(' ') || 'none';
}

function networksText({ networks }: Standing): string {
  return networks
    .map(({ network, path }) => (path.length === 0 ? network : `${network} through ${path.join(', ')}`))
    .join(', ');
}
