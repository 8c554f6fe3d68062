import path from 'node:path';
import { type Command, Option } from 'commander';
import { type NodeOptions, nodeCommand } from '../../command.ts';
import { settleDown } from '../../settle-down.ts';
import { configOption } from './config-option.ts';
import { endOfProcess } from './end-of-process.ts';

interface ServiceOptions extends NodeOptions {
  readonly config?: string;
  readonly sockets?: string;
  readonly attached?: boolean;
}

export function nodeService(): Command {
  return nodeCommand('service', 'Run one networking service by itself, in a process of its own')
    .argument('<archetype>')
    .addOption(configOption())
    .option('--sockets <folder>', 'where it listens, at ARCHETYPE.sock, and finds those that it uses')
    .addOption(new Option('--attached', 'end with its standard input').hideHelp())
    .action(async (archetype: string, options: ServiceOptions) => {
      const [{ runService }, { readSettings }, { nodePaths }, { createLog }] = await Promise.all([
        import('../../../node/networking/run-service.ts'),
        import('../../../node/settings/read.ts'),
        import('../../../lib/paths.ts'),
        import('../../../lib/log.ts'),
      ]);
      const settings = readSettings(options.config);
      const { stateDir, runDir } = nodePaths(process.env, options, settings);
      const log = createLog(process.env['HEDDLE_LOG_LEVEL'] ?? settings.log.level);
      const sockets = options.sockets ?? path.join(runDir, 'services');
      const running = await runService({ archetype, stateDir, sockets, settings, log });
      settleDown();
      await endOfProcess(() => running.stop(), log, options.attached ? process.stdin : undefined);
    });
}
