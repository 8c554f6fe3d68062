import type { Command } from 'commander';
import { projectCommand } from '../command.ts';
import { type MakingOptions, makingOptions, makingRequest } from '../up-options.ts';

interface CreateOptions extends MakingOptions {
  readonly quiet?: boolean;
}

export function create(): Command {
  const command = projectCommand('create', 'Create the application’s containers without starting them');
  return makingOptions(command)
    .option('-q, --quiet', 'print nothing but errors')
    .action(async (services: string[], options: CreateOptions) => {
      const [{ SentProject }, { ensureNode }, { showProgress }] = await Promise.all([
        import('../sent-project.ts'),
        import('../node-connection.ts'),
        import('../output/progress.ts'),
      ]);
      const project = new SentProject(options);
      const node = await ensureNode(options);
      const { events } = await project.up(node, { ...makingRequest(options, services), noStart: true });
      await showProgress(events, options.quiet === true);
    });
}
