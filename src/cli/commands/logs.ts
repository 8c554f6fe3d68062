import type { Command } from 'commander';
import { type NodeOptions, type ProjectOptions, projectCommand, wholeNumber } from '../command.ts';

interface LogsOptions extends ProjectOptions, NodeOptions {
  readonly follow?: boolean;
  readonly tail?: number;
  readonly since?: string;
  readonly timestamps?: boolean;
  readonly logPrefix: boolean;
}

export function logs(): Command {
  return projectCommand('logs', 'Print what the application’s containers have written', ['-f'])
    .argument('[services...]')
    .option('-f, --follow', 'go on as more is written')
    .option('-n, --tail <lines>', 'only the last lines of each container', wholeNumber)
    .option('--since <time>', 'only what is newer: 10m, RFC 3339, or seconds since 1970')
    .option('-t, --timestamps', 'print the time of each line')
    .option('--no-log-prefix', 'leave out the container’s name')
    .action(async (services: string[], options: LogsOptions) => {
      const [{ projectName }, { connectNode }, { parseTime }] = await Promise.all([
        import('../project.ts'),
        import('../node-connection.ts'),
        import('../../lib/time.ts'),
      ]);
      const since = options.since === undefined ? undefined : parseTime(options.since, Date.now()) / 1000;
      const lines = connectNode(options).logs(projectName(options), {
        services,
        follow: options.follow === true,
        timestamps: options.timestamps === true,
        ...(options.tail !== undefined && { tail: options.tail }),
        ...(since !== undefined && { since }),
      });
      for await (const line of lines) {
        const out = line.stream === 'stderr' ? process.stderr : process.stdout;
        out.write(options.logPrefix ? `${line.container} | ${line.text}\n` : `${line.text}\n`);
      }
    });
}
