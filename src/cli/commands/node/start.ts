import { type Command, Option } from 'commander';
import { type NodeOptions, nodeCommand } from '../../command.ts';
import { settleDown } from '../../settle-down.ts';
import { configOption } from './config-option.ts';
import { endOfProcess } from './end-of-process.ts';

interface StartOptions extends NodeOptions {
  readonly config?: string;
  readonly metrics?: string;
  readonly dockerPlugin?: string;
}

export function startNode(): Command {
  return nodeCommand('start', 'Run the node, which `up` starts where there is none; the same without `start`')
    .addOption(configOption())
    .option(
      '--metrics <address>',
      'where Prometheus finds it beside the socket, 127.0.0.1:9850 where nothing is said; off: nowhere; HEDDLE_METRICS says it, too',
    )
    .addOption(
      new Option(
        '--docker-plugin [socket]',
        'let Docker have networks of Heddle: as its plugin `heddle`, which it finds there; HEDDLE_DOCKER_PLUGIN says it, too',
      ).preset('/run/docker/plugins/heddle.sock'),
    )
    .action(async (options: StartOptions) => {
      const [{ startNode: start }, { Journal }, { readSettings }, { nodePaths }, { createLog }] =
        await Promise.all([
          import('../../../node/node.ts'),
          import('../../../node/services/journal.ts'),
          import('../../../node/settings/read.ts'),
          import('../../../lib/paths.ts'),
          import('../../../lib/log.ts'),
        ]);
      const settings = readSettings(options.config);
      const { env } = process;
      const journal = new Journal();
      const level = env['HEDDLE_LOG_LEVEL'] ?? settings.log.level;
      const log = createLog(level, (line) => void journal.write('node', line));
      // One fault that nobody foresaw is no reason to leave every application of the host alone: it is named, and the next
      // look goes on from what is there.
      for (const fault of ['uncaughtException', 'unhandledRejection'] as const) {
        process.on(fault, (cause) => {
          const error = cause as Error;
          log.error(
            { code: 'ERR_INTERNAL', error: String(error), stack: error.stack },
            'a defect; the node goes on',
          );
        });
      }
      const running = await start({
        ...nodePaths(env, options, settings),
        engine: options.engine ?? settings.engine,
        metrics:
          options.metrics ?? (env['HEDDLE_METRICS'] || undefined) ?? settings.metrics ?? '127.0.0.1:9850',
        dockerPlugin: options.dockerPlugin ?? env['HEDDLE_DOCKER_PLUGIN'] ?? settings.doors.docker,
        settings,
        config: options.config,
        journal,
        env,
        log,
      });
      settleDown();
      await endOfProcess(() => running.stop(), log);
    });
}
