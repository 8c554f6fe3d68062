import type { Command } from 'commander';
import { type NodeOptions, type ProjectOptions, projectCommand } from '../command.ts';

/** `pause` and `unpause` differ in the verb only. */
export function pauseCommand(verb: 'pause' | 'unpause', description: string): Command {
  return projectCommand(verb, description)
    .argument('[services...]', 'all, when none is named')
    .action(async (services: string[], options: ProjectOptions & NodeOptions) => {
      const [{ projectName }, { ensureNode }, { showProgress }] = await Promise.all([
        import('../project-name.ts'),
        import('../node-connection.ts'),
        import('../output/progress.ts'),
      ]);
      const node = await ensureNode(options);
      await showProgress(node.handling.onServices(verb, projectName(options), services));
    });
}
