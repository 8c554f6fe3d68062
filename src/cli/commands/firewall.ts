import type { Command } from 'commander';
import {
  type Format,
  formatOption,
  type NodeOptions,
  type ProjectOptions,
  projectCommand,
} from '../command.ts';
import { endText } from '../output/ends.ts';
import { bytesText } from '../output/units.ts';
import { suggest } from './suggest.ts';

interface FirewallOptions extends ProjectOptions, NodeOptions {
  readonly format: Format;
  readonly denied?: boolean;
  readonly since: string;
}

export function firewall(): Command {
  return projectCommand('firewall', 'Show what the firewalls of services have accepted and denied')
    .argument('[services...]', 'only these services')
    .option('--denied', 'the packets that were denied, instead of the counters')
    .option('--since <time>', 'for --denied: 10m, RFC 3339, or seconds since 1970', '1h')
    .addOption(formatOption())
    .enablePositionalOptions()
    .addCommand(suggest())
    .action(async (services: string[], options: FirewallOptions) => {
      const [{ projectName }, { connectNode }, { printRows }, { parseTime }] = await Promise.all([
        import('../project.ts'),
        import('../node-connection.ts'),
        import('../output/table.ts'),
        import('../../lib/time.ts'),
      ]);
      const since = parseTime(options.since, Date.now());
      const report = await connectNode(options).firewall(projectName(options), services, since);
      if (options.denied) {
        printRows(report.denied, options.format, {
          TIME: (row) => row.time.slice(11, 23),
          'DENIED AT': (row) => row.pod,
          DIRECTION: (row) => row.direction,
          PROTO: (row) => row.protocol,
          SOURCE: (row) => endText(row.source),
          DESTINATION: (row) => endText(row.destination),
        });
        return;
      }
      printRows(report.counters, options.format, {
        REPLICA: (row) => row.pod,
        DIRECTION: (row) => row.direction,
        RULE: (row) => row.rule,
        VERDICT: (row) => row.verdict,
        PACKETS: (row) => row.packets,
        BYTES: (row) => bytesText(row.bytes),
      });
    });
}
