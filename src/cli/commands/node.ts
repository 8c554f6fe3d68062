import { type Command, Option } from 'commander';
import { type NodeOptions, nodeCommand } from '../command.ts';
import { nodeService } from './node-service.ts';

export function node(): Command {
  return nodeCommand('node', 'Run the node of this host; `up` starts it where there is none')
    .addCommand(nodeService())
    .addOption(
      new Option('--metrics <address>', 'where Prometheus finds it beside the socket; off: nowhere')
        .default('127.0.0.1:9850')
        .env('HEDDLE_METRICS'),
    )
    .action(async (options: NodeOptions & { readonly metrics: string }) => {
      const [{ startNode }, { nodePaths }, { createLog }] = await Promise.all([
        import('../../node/node.ts'),
        import('../../lib/paths.ts'),
        import('../../lib/log.ts'),
      ]);
      const log = createLog();
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
      const { socket, stateDir } = options;
      const paths = nodePaths(process.env, {
        ...(socket !== undefined && { socket }),
        ...(stateDir !== undefined && { stateDir }),
      });
      const running = await startNode({
        ...paths,
        engine: options.engine,
        metrics: options.metrics,
        env: process.env,
        log,
      });
      const signal = await new Promise<string>((resolve) => {
        process.once('SIGTERM', resolve);
        process.once('SIGINT', resolve);
      });
      await running.stop();
      process.exit(signal === 'SIGINT' ? 130 : 0);
    });
}
