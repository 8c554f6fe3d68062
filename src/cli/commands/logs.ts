import { type Command, InvalidArgumentError } from 'commander';
import { type NodeOptions, type ProjectOptions, projectCommand, wholeNumber } from '../command.ts';

interface LogsOptions extends ProjectOptions, NodeOptions {
  readonly follow?: boolean;
  readonly tail?: number | 'all';
  readonly since?: string;
  readonly until?: string;
  readonly index?: number;
  readonly timestamps?: boolean;
  readonly logPrefix: boolean;
}

export function logs(): Command {
  return projectCommand('logs', 'Print what the application’s containers have written', ['-f'])
    .argument('[services...]')
    .option('-f, --follow', 'go on as more is written')
    .option('-n, --tail <lines>', 'only the last lines of each container; all: every line', tailOf)
    .option('--since <time>', 'only what is newer: 10m, RFC 3339, or seconds since 1970')
    .option('--until <time>', 'only what is older, as --since')
    .option('--index <number>', 'only this replica', wholeNumber)
    .option('-t, --timestamps', 'print the time of each line')
    .option('--no-log-prefix', 'leave out the container’s name')
    .option('--no-color', 'as Compose has it; lines are printed as they were written')
    .action(async (services: string[], options: LogsOptions) => {
      const [{ projectName }, { connectNode }, { parseTime }] = await Promise.all([
        import('../project-name.ts'),
        import('../node-connection.ts'),
        import('../../lib/time.ts'),
      ]);
      const now = Date.now();
      const seconds = (time: string) => parseTime(time, now) / 1000;
      const lines = connectNode(options).logs(projectName(options), {
        services,
        follow: options.follow === true,
        timestamps: options.timestamps === true,
        ...(typeof options.tail === 'number' && { tail: options.tail }),
        ...(options.since !== undefined && { since: seconds(options.since) }),
        ...(options.until !== undefined && { until: seconds(options.until) }),
        ...(options.index !== undefined && { index: options.index }),
      });
      for await (const line of lines) {
        const out = line.stream === 'stderr' ? process.stderr : process.stdout;
        out.write(options.logPrefix ? `${line.container} | ${line.text}\n` : `${line.text}\n`);
      }
    });
}

function tailOf(text: string): number | 'all' {
  if (text === 'all' || text === '-1') return 'all';
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError('a whole number is needed, or all');
  return Number(text);
}
