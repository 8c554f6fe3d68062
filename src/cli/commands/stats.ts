import type { Command } from 'commander';
import type { ContainerStats } from '../../api/handling.ts';
import { type ListingOptions, listing, listingCommand } from '../listing.ts';
import type { Columns } from '../output/table.ts';
import { bytesText, cpuText } from '../output/units.ts';

interface StatsOptions extends ListingOptions {
  readonly stream: boolean;
}

const columns: Columns<ContainerStats> = {
  NAME: (row) => row.name,
  SERVICE: (row) => row.service,
  CPU: (row) => cpuText(row.cpu),
  MEMORY: (row) => `${bytesText(row.memory)} / ${bytesText(row.memoryLimit)}`,
  'MEM %': (row) => `${((100 * row.memory) / row.memoryLimit).toFixed(2)} %`,
  'NET I/O': (row) => `${bytesText(row.received)} / ${bytesText(row.sent)}`,
  'BLOCK I/O': (row) => `${bytesText(row.read)} / ${bytesText(row.written)}`,
  PIDS: (row) => row.processes,
};

export function stats(): Command {
  return listingCommand('stats', 'Show what the containers of services use, once a second')
    .argument('[services...]', 'all, when none is named')
    .option('--no-stream', 'once, and no more')
    .option('-a, --all', 'as Compose has it; one that does not run uses nothing')
    .option('--no-trunc', 'as Compose has it; nothing is cut short')
    .action(async (services: string[], options: StatsOptions) => {
      const { node, project, print, orNone } = await listing(options);
      const answers = node.handling.stats(project, { services, follow: options.stream });
      const next = async () => (await orNone(answers.next(), { done: false, value: [] })) as Answer;
      const clear = options.stream && options.format === 'table' && process.stdout.isTTY === true;
      for (let answer = await next(); !answer.done; answer = await next()) {
        if (options.stream && options.format === 'json')
          process.stdout.write(`${JSON.stringify(answer.value)}\n`);
        else {
          if (clear) process.stdout.write('\x1b[H\x1b[2J');
          print(answer.value, columns);
        }
        if (!options.stream || answer.value.length === 0) return;
      }
    });
}

type Answer = IteratorResult<ContainerStats[], undefined>;
