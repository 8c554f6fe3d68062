import type { Command } from 'commander';
import type { ContainerEvent } from '../../api/handling.ts';
import { type NodeOptions, type ProjectOptions, projectCommand } from '../command.ts';

interface EventsOptions extends ProjectOptions, NodeOptions {
  readonly json?: boolean;
  readonly since?: string;
  readonly until?: string;
}

export function events(): Command {
  return projectCommand('events', 'Print what happens to the containers of services, as it happens')
    .argument('[services...]', 'all, when none is named')
    .option('--json', 'print one object a line')
    .option('--since <time>', 'begin in the past: 10m, RFC 3339, or seconds since 1970')
    .option('--until <time>', 'end there, as --since')
    .action(async (services: string[], options: EventsOptions) => {
      const [{ projectName }, { connectNode }, { parseTime }] = await Promise.all([
        import('../project-name.ts'),
        import('../node-connection.ts'),
        import('../../lib/time.ts'),
      ]);
      const now = Date.now();
      const seconds = (text: string) => Math.floor(parseTime(text, now) / 1000);
      const happening = connectNode(options).handling.events(projectName(options), {
        services,
        ...(options.since !== undefined && { since: seconds(options.since) }),
        ...(options.until !== undefined && { until: seconds(options.until) }),
      });
      for await (const event of happening) {
        process.stdout.write(`${options.json ? JSON.stringify(event) : lineOf(event)}\n`);
      }
    });
}

function lineOf({ time, type, action, id, attributes }: ContainerEvent): string {
  return `${time} ${type} ${action} ${id} (image=${attributes.image}, name=${attributes.name})`;
}
