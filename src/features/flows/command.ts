import { type Command, Option } from 'commander';
import { type Format, wholeNumber } from '../../cli/command.ts';
import { type Listing, type ListingOptions, listing, listingCommand } from '../../cli/listing.ts';
import { endText } from '../../cli/output/ends.ts';
import type { Columns } from '../../cli/output/table.ts';
import { bytesText } from '../../cli/output/units.ts';
import type {
  Figure,
  FlowQuery,
  FlowRecord,
  flowsContract,
  followFlowsContract,
  topTalkersContract,
} from './contract.ts';

interface FlowsOptions extends ListingOptions {
  readonly since?: string;
  readonly until?: string;
  readonly filter?: string;
  readonly limit?: number;
  readonly raw?: boolean;
  readonly top?: number | true;
  readonly by: Figure;
  readonly follow?: boolean;
}

const columns: Columns<FlowRecord> = {
  TIME: (flow) => flow.first.slice(11, 23),
  DURATION: ({ first, last }) => `${((Date.parse(last) - Date.parse(first)) / 1000).toFixed(2)}s`,
  PROTO: (flow) => flow.protocol,
  SOURCE: (flow) => endText(flow.source),
  DESTINATION: (flow) => endText(flow.destination),
  PACKETS: (flow) => flow.packets,
  BYTES: (flow) => bytesText(flow.bytes),
  'SEEN BY': (flow) => flow.exporters.join(', '),
};

export function flows(): Command {
  return listingCommand('flows', 'Show the flows of services that have the feature')
    .argument('[services...]', 'only flows from or to these services')
    .option('--since <time>', '10m, RFC 3339, or seconds since 1970 (default: 10m; with --follow: now)')
    .option('--until <time>', 'as --since')
    .option('--filter <filter>', 'in nfdump’s syntax: "proto tcp and port 80"')
    .option('-n, --limit <flows>', 'the newest so many', wholeNumber)
    .option('--follow', 'go on showing flows as they come in')
    .option('--top [pairs]', 'who sent most to whom, instead of single flows (default: 10)', wholeNumber)
    .addOption(
      new Option('--by <figure>', 'for --top').choices(['bytes', 'packets', 'flows']).default('bytes'),
    )
    .option('--raw', 'what each probe saw; without it, a flow that two probes saw is shown once')
    .action(async (services: string[], options: FlowsOptions) => {
      const shown = await listing(options);
      const { time } = shown;
      const query: FlowQuery = {
        since: time(options.since ?? (options.follow ? '0s' : '10m')),
        ...(options.until !== undefined && { until: time(options.until) }),
        ...(options.filter !== undefined && { filter: options.filter }),
        ...(options.limit !== undefined && { limit: options.limit }),
        ...(options.raw && { raw: true }),
        services,
      };
      if (options.follow) await follow(shown, query, options.format);
      else if (options.top !== undefined) await top(shown, query, options);
      else await list(shown, query);
    });
}

async function list({ node, project, print, orNone }: Listing, query: FlowQuery): Promise<void> {
  const asked = node.ask<typeof flowsContract>('GET /v1/applications/:project/flows', {
    params: { project },
    query,
  });
  print(await orNone(asked, []), columns);
}

async function top(
  { node, project, print, orNone }: Listing,
  query: FlowQuery,
  options: FlowsOptions,
): Promise<void> {
  const limit = options.top === true ? 10 : (options.top ?? 10);
  const asked = node.ask<typeof topTalkersContract>('GET /v1/applications/:project/flows/top', {
    params: { project },
    query: { ...query, limit, by: options.by },
  });
  print(await orNone(asked, []), {
    SOURCE: (row) => row.source,
    DESTINATION: (row) => row.destination,
    FLOWS: (row) => row.flows,
    PACKETS: (row) => row.packets,
    BYTES: (row) => bytesText(row.bytes),
    LAST: (row) => row.last.slice(11, 19),
  });
}

/** A line a flow; as JSON, one object a line. */
async function follow(
  { node, project }: Listing,
  { limit: _all, ...query }: FlowQuery,
  format: Format,
): Promise<void> {
  const coming = node.follow<typeof followFlowsContract>('GET /v1/applications/:project/flows/follow', {
    params: { project },
    query,
  });
  for await (const flow of coming) {
    const cells = Object.values(columns).map((column) => String(column(flow)));
    process.stdout.write(`${format === 'json' ? JSON.stringify(flow) : cells.join('  ')}\n`);
  }
}
