import type { Command } from 'commander';
import { projectCommand } from '../command.ts';
import { type MakingOptions, makingOptions } from '../up-options.ts';

interface CreateOptions extends MakingOptions {
  readonly quiet?: boolean;
}

export function create(): Command {
  const command = projectCommand('create', 'Create the application’s containers without starting them');
  return makingOptions(command)
    .option('-q, --quiet', 'print nothing but errors')
    .action(async (services: string[], options: CreateOptions) => {
      const [{ readRequest }, { ensureNode }, { showProgress }] = await Promise.all([
        import('../reading.ts'),
        import('../node-connection.ts'),
        import('../output/progress.ts'),
      ]);
      const { request } = readRequest(options, services);
      const node = await ensureNode(options);
      await showProgress(node.up({ ...request, noStart: true }), options.quiet === true);
    });
}
