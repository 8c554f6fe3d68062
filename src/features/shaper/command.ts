import type { Command } from 'commander';
import { type ListingOptions, listing, listingCommand } from '../../cli/listing.ts';
import { chainColumn } from '../../cli/output/chain-column.ts';
import { bytesText } from '../../cli/output/units.ts';
import type { shaperContract } from './contract.ts';

export function shaper(): Command {
  return listingCommand('shaper', 'Show what the shapers of services have let pass and dropped')
    .argument('[services...]', 'only these services')
    .action(async (services: string[], options: ListingOptions) => {
      const { node, project, print, orNone } = await listing(options);
      const asked = node.ask<typeof shaperContract>('GET /v1/applications/:project/shaper', {
        params: { project },
        query: { services },
      });
      const records = await orNone(asked, []);
      print(records, {
        REPLICA: (row) => row.pod,
        ...chainColumn(records),
        DIRECTION: (row) => row.direction,
        RATE: (row) => rateText(row.rate),
        PACKETS: (row) => row.packets,
        BYTES: (row) => bytesText(row.bytes),
        DROPPED: (row) => row.dropped,
        WAITING: (row) => bytesText(row.waiting),
      });
    });
}

/** As it was written, `10mbit`: powers of 1000, of bits a second. */
function rateText(bytes: number): string {
  const units = ['bit', 'kbit', 'mbit', 'gbit'];
  let value = bytes * 8;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${Number(value.toFixed(2))}${units[unit]}`;
}
