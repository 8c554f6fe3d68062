import path from 'node:path';
import type { Command } from 'commander';
import { type NodeOptions, nodeCommand } from '../command.ts';

export function nodeService(): Command {
  return nodeCommand('service', 'Run one networking service by itself, in a process of its own')
    .argument('<archetype>')
    .option('--sockets <folder>', 'where it listens, at ARCHETYPE.sock, and finds those that it uses')
    .action(async (archetype: string, options: NodeOptions & { readonly sockets?: string }) => {
      const [{ runService }, { nodePaths }, { createLog }] = await Promise.all([
        import('../../node/networking/run-service.ts'),
        import('../../lib/paths.ts'),
        import('../../lib/log.ts'),
      ]);
      const { stateDir: state, sockets } = options;
      const { stateDir, runDir } = nodePaths(process.env, state === undefined ? {} : { stateDir: state });
      const running = await runService({
        archetype,
        stateDir,
        sockets: sockets ?? path.join(runDir, 'services'),
        log: createLog(),
      });
      const signal = await new Promise<string>((resolve) => {
        process.once('SIGTERM', resolve);
        process.once('SIGINT', resolve);
      });
      await running.stop();
      process.exit(signal === 'SIGINT' ? 130 : 0);
    });
}
