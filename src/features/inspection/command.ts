import type { Command } from 'commander';
import { type ListingOptions, listing, listingCommand } from '../../cli/listing.ts';
import { chainColumn } from '../../cli/output/chain-column.ts';
import { bytesText } from '../../cli/output/units.ts';
import type { inspectionContract } from './contract.ts';

export function inspection(): Command {
  return listingCommand(
    'inspection',
    'Show which applications services speak with, by what passes in their path',
  )
    .argument('[services...]', 'only these services')
    .action(async (services: string[], options: ListingOptions) => {
      const { node, project, print, orNone } = await listing(options);
      const asked = node.ask<typeof inspectionContract>('GET /v1/applications/:project/inspection', {
        params: { project },
        query: { services },
      });
      const records = await orNone(asked, []);
      if (options.format === 'json') {
        print(records, {});
        return;
      }
      const rows = records.flatMap(({ pod, chain, applications }) =>
        applications.map((one) => ({ pod, chain, ...one })),
      );
      print(rows, {
        REPLICA: (row) => row.pod,
        ...chainColumn(rows),
        APPLICATION: (row) => row.application,
        PROTOCOL: (row) => row.protocol,
        FLOWS: (row) => row.flows,
        'PACKETS IN': (row) => row.ingress.packets,
        IN: (row) => bytesText(row.ingress.bytes),
        'PACKETS OUT': (row) => row.egress.packets,
        OUT: (row) => bytesText(row.egress.bytes),
      });
      for (const { pod, missed } of records)
        if (missed > 0) process.stderr.write(`${pod}: ${missed} packets passed without being looked at\n`);
    });
}
