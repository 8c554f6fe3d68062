import type { Command } from 'commander';
import type { CostRow } from '../../monitor/cost/record.ts';
import { totalOf } from '../../monitor/cost/totals.ts';
import { type ListingOptions, listing, listingCommand } from '../listing.ts';
import { bytesText, cpuText } from '../output/units.ts';

interface CostOptions extends ListingOptions {
  readonly since: string;
  readonly all?: boolean;
}

export function cost(): Command {
  return listingCommand('cost', 'Show what management costs beside the application: CPU, memory, bytes')
    .option('--since <time>', '10m, RFC 3339, or seconds since 1970', '10m')
    .option('-a, --all', 'sandboxes, too')
    .action(async (options: CostOptions) => {
      const { node, project, print, time, orNone } = await listing(options);
      const rows = await orNone(node.cost(project, time(options.since)), []);
      const shown = rows.filter(({ role }) => options.all || options.format === 'json' || role !== 'sandbox');
      print(options.format === 'json' ? rows : [...shown, ...totals(rows)], {
        CONTAINER: (row) => row.container,
        ROLE: (row) => row.role,
        FEATURE: (row) => row.feature ?? '',
        CPU: (row) => cpuText(row.cpu),
        MEMORY: (row) => bytesText(row.memory),
        PEAK: (row) => bytesText(row.memoryPeak),
        SENT: (row) => bytesText(row.sent),
        RECEIVED: (row) => bytesText(row.received),
      });
    });
}

/** The application beside its management; the node serves every application and stands by itself. */
function totals(rows: readonly CostRow[]): CostRow[] {
  if (rows.length === 0) return [];
  const application = rows.filter(({ role }) => role === 'application');
  const management = rows.filter(({ role }) => role !== 'application' && role !== 'node');
  return [totalOf('TOTAL application', application), totalOf('TOTAL management', management)];
}
