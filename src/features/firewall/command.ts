import type { Command } from 'commander';
import { type ListingOptions, listing, listingCommand } from '../../cli/listing.ts';
import { chainColumn } from '../../cli/output/chain-column.ts';
import { endText } from '../../cli/output/ends.ts';
import { bytesText } from '../../cli/output/units.ts';
import { suggest } from './command-suggest.ts';
import type { firewallContract } from './contract.ts';

interface FirewallOptions extends ListingOptions {
  readonly denied?: boolean;
  readonly since: string;
}

export function firewall(): Command {
  return listingCommand('firewall', 'Show what the firewalls of services have accepted and denied')
    .argument('[services...]', 'only these services')
    .option('--denied', 'the packets that were denied, instead of the counters')
    .option('--since <time>', 'for --denied: 10m, RFC 3339, or seconds since 1970', '1h')
    .enablePositionalOptions()
    .addCommand(suggest())
    .action(async (services: string[], options: FirewallOptions) => {
      const { node, project, print, time, orNone } = await listing(options);
      const nothing = { counters: [], denied: [] };
      const asked = node.ask<typeof firewallContract>('GET /v1/applications/:project/firewall', {
        params: { project },
        query: { services, since: time(options.since) },
      });
      const report = await orNone(asked, nothing);
      if (options.denied) {
        print(report.denied, {
          TIME: (row) => row.time.slice(11, 23),
          'DENIED AT': (row) => row.pod,
          ...chainColumn(report.denied),
          DIRECTION: (row) => row.direction,
          PROTO: (row) => row.protocol,
          SOURCE: (row) => endText(row.source),
          DESTINATION: (row) => endText(row.destination),
        });
        return;
      }
      print(report.counters, {
        REPLICA: (row) => row.pod,
        ...chainColumn(report.counters),
        DIRECTION: (row) => row.direction,
        RULE: (row) => row.rule,
        VERDICT: (row) => row.verdict,
        PACKETS: (row) => row.packets,
        BYTES: (row) => bytesText(row.bytes),
      });
    });
}
