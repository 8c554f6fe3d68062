import type { Command } from 'commander';
import { type NodeOptions, type ProjectOptions, projectCommand } from '../command.ts';

interface DownOptions extends ProjectOptions, NodeOptions {
  readonly volumes?: boolean;
  readonly quiet?: boolean;
}

export function down(): Command {
  return projectCommand('down', 'Remove the application’s containers and networks')
    .option('-v, --volumes', 'remove its volumes and what was collected about it, too')
    .option('-q, --quiet', 'print nothing but errors')
    .action(async (options: DownOptions) => {
      const [{ projectName }, { ensureNode }, { showProgress }] = await Promise.all([
        import('../project.ts'),
        import('../node-connection.ts'),
        import('../output/progress.ts'),
      ]);
      const node = await ensureNode(options);
      await showProgress(node.down(projectName(options), options.volumes === true), options.quiet === true);
    });
}
