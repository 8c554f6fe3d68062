import type { Command } from 'commander';
import { type NodeOptions, nodeCommand } from '../command.ts';

export function node(): Command {
  return nodeCommand('node', 'Run the node of this host; `up` starts it where there is none').action(
    async (options: NodeOptions) => {
      const [{ startNode }, { nodePaths }, { createLog }] = await Promise.all([
        import('../../node/node.ts'),
        import('../../lib/paths.ts'),
        import('../../lib/log.ts'),
      ]);
      const { socket, stateDir } = options;
      const paths = nodePaths(process.env, {
        ...(socket !== undefined && { socket }),
        ...(stateDir !== undefined && { stateDir }),
      });
      const running = await startNode({
        ...paths,
        engine: options.engine,
        env: process.env,
        log: createLog(),
      });
      const signal = await new Promise<string>((resolve) => {
        process.once('SIGTERM', resolve);
        process.once('SIGINT', resolve);
      });
      await running.stop();
      process.exit(signal === 'SIGINT' ? 130 : 0);
    },
  );
}
