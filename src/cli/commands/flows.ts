import type { Command } from 'commander';
import type { FlowEnd, FlowRecord } from '../../monitor/flows/record.ts';
import {
  type Format,
  formatOption,
  type NodeOptions,
  type ProjectOptions,
  projectCommand,
  wholeNumber,
} from '../command.ts';

interface FlowsOptions extends ProjectOptions, NodeOptions {
  readonly format: Format;
  readonly since: string;
  readonly until?: string;
  readonly filter?: string;
  readonly limit?: number;
}

export function flows(): Command {
  return projectCommand('flows', 'Show the flows of services that have the feature')
    .argument('[services...]', 'only flows from or to these services')
    .option('--since <time>', '10m, RFC 3339, or seconds since 1970', '10m')
    .option('--until <time>', 'as --since')
    .option('--filter <filter>', 'in nfdump’s syntax: "proto tcp and port 80"')
    .option('-n, --limit <flows>', 'at most so many', wholeNumber)
    .addOption(formatOption())
    .action(async (services: string[], options: FlowsOptions) => {
      const [{ projectName }, { connectNode }, { bytesText, printRows }, { parseTime }] = await Promise.all([
        import('../project.ts'),
        import('../node-connection.ts'),
        import('../output/table.ts'),
        import('../../lib/time.ts'),
      ]);
      const now = Date.now();
      const records = await connectNode(options).flows(projectName(options), {
        since: parseTime(options.since, now),
        ...(options.until !== undefined && { until: parseTime(options.until, now) }),
        ...(options.filter !== undefined && { filter: options.filter }),
        ...(options.limit !== undefined && { limit: options.limit }),
        services,
      });
      printRows(records, options.format, {
        TIME: (flow) => flow.first.slice(11, 23),
        DURATION: durationText,
        PROTO: (flow) => flow.protocol,
        SOURCE: (flow) => endText(flow.source),
        DESTINATION: (flow) => endText(flow.destination),
        PACKETS: (flow) => flow.packets,
        BYTES: (flow) => bytesText(flow.bytes),
        'SEEN BY': (flow) => flow.exporter,
      });
    });
}

function durationText({ first, last }: FlowRecord): string {
  return `${((Date.parse(last) - Date.parse(first)) / 1000).toFixed(2)}s`;
}

function endText({ address, port, service }: FlowEnd): string {
  const name = service ?? (address.includes(':') ? `[${address}]` : address);
  return port === undefined ? name : `${name}:${port}`;
}
