import type { Command } from 'commander';
import type { NodeLogLine } from '../../../api/messages.ts';
import { type Format, formatOption, type NodeOptions, nodeCommand, wholeNumber } from '../../command.ts';

interface LogsOptions extends NodeOptions {
  readonly follow?: boolean;
  readonly tail?: number;
  readonly format: Format;
}

export function nodeLogs(): Command {
  return nodeCommand('logs', 'Print what the node and its services have logged since the node started')
    .argument('[service]', 'of this one only: node, or a service’s name')
    .option('-f, --follow', 'go on as more is written')
    .option('-n, --tail <lines>', 'only the last lines', wholeNumber)
    .addOption(formatOption())
    .action(
      async (service: string | undefined, { follow = false, tail, format, ...options }: LogsOptions) => {
        const [{ presentNode }, { printableLine }] = await Promise.all([
          import('../../node-connection.ts'),
          import('../../../lib/printable.ts'),
        ]);
        const query = {
          follow,
          ...(service !== undefined && { service }),
          ...(tail !== undefined && { tail }),
        };
        for await (const line of presentNode(options).nodeLogs(query))
          process.stdout.write(`${format === 'json' ? JSON.stringify(line) : printableLine(textOf(line))}\n`);
      },
    );
}

function textOf({ time, level, service, message, fields }: NodeLogLine): string {
  const more = Object.entries(fields).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
  return [time, level.toUpperCase().padEnd(5), `${service}:`, message, ...more].join(' ');
}
