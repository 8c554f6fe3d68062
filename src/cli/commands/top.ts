import type { Command } from 'commander';
import { type ListingOptions, listing, listingCommand } from '../listing.ts';

export function top(): Command {
  return listingCommand('top', 'List the processes of services')
    .argument('[services...]', 'all, when none is named')
    .action(async (services: string[], options: ListingOptions) => {
      const { node, project, print, orNone } = await listing(options);
      const containers = await orNone(node.handling.top(project, services), []);
      if (options.format === 'json') return print(containers, {});
      const titles = [...new Set(containers.flatMap((one) => one.titles))];
      const rows = containers.flatMap(({ service, index, titles: own, processes }) =>
        processes.map((cells) => ({
          SERVICE: service,
          '#': index === null ? '' : String(index),
          ...Object.fromEntries(own.map((title, i) => [title, cells[i] ?? ''])),
        })),
      );
      const columns = ['SERVICE', '#', ...titles];
      print(rows, Object.fromEntries(columns.map((name) => [name, (row) => cell(row, name)])));
    });
}

function cell(row: Readonly<Record<string, string>>, name: string): string {
  return row[name] ?? '';
}
