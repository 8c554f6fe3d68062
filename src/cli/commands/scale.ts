import type { Command } from 'commander';
import { projectCommand } from '../command.ts';
import { type MakingOptions, makingRequest, scaleOf } from '../up-options.ts';

interface ScaleOptions extends MakingOptions {
  readonly quiet?: boolean;
}

export function scale(): Command {
  return projectCommand('scale', 'Change how many replicas services have; their agents come and go along')
    .argument('<service=number...>', 'services and their replicas', scaleOf)
    .option('--no-deps', 'leave out what the services depend on')
    .option('-q, --quiet', 'print nothing but errors')
    .action(async (asked: Record<string, number>, options: ScaleOptions) => {
      const [{ SentProject }, { connectNode }, { showProgress }] = await Promise.all([
        import('../sent-project.ts'),
        import('../node-connection.ts'),
        import('../output/progress.ts'),
      ]);
      const request = { ...makingRequest(options, Object.keys(asked)), scale: asked, keepScale: true };
      const { name, events } = await new SentProject(options).up(connectNode(options), request);
      const { steps } = await showProgress(events, options.quiet === true);
      if (steps === 0 && !options.quiet) process.stderr.write(`${name} has so many already\n`);
    });
}
