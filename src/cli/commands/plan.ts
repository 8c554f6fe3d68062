import type { Command } from 'commander';
import { type Format, formatOption, projectCommand } from '../command.ts';
import { type MakingOptions, makingOptions, makingRequest } from '../up-options.ts';

interface PlanOptions extends MakingOptions {
  readonly format: Format;
}

export function plan(): Command {
  const command = projectCommand('plan', 'Print what `up` would do, and why; change nothing');
  return makingOptions(command)
    .addOption(formatOption())
    .action(async (services: string[], options: PlanOptions) => {
      const [{ SentProject }, { ensureNode }, { showPlan }] = await Promise.all([
        import('../sent-project.ts'),
        import('../node-connection.ts'),
        import('../output/plan.ts'),
      ]);
      const project = new SentProject(options);
      const node = await ensureNode(options);
      showPlan(await project.plan(node, makingRequest(options, services)), options.format);
    });
}
