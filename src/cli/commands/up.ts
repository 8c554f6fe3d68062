import { type Command, InvalidArgumentError } from 'commander';
import { type NodeOptions, type ProjectOptions, projectCommand } from '../command.ts';

interface UpOptions extends ProjectOptions, NodeOptions {
  readonly build?: boolean;
  readonly quiet?: boolean;
  readonly scale?: Record<string, number>;
}

export function up(): Command {
  return projectCommand('up', 'Make the application as its file says; what is so already is left alone')
    .option('--build', 'build images again although they are present')
    .option('-d, --detach', 'as Compose has it; Heddle always returns when everything runs')
    .option('-q, --quiet', 'print nothing but errors')
    .option('--scale <service=number>', 'replicas of a service', scaleOf)
    .action(async (options: UpOptions) => {
      const [{ readSpec }, { ensureNode }, { showProgress }] = await Promise.all([
        import('../project.ts'),
        import('../node-connection.ts'),
        import('../output/progress.ts'),
      ]);
      const spec = readSpec(options, options.scale);
      const node = await ensureNode(options);
      const steps = await showProgress(
        node.up({ spec, build: options.build === true }),
        options.quiet === true,
      );
      if (steps === 0 && !options.quiet) process.stderr.write(`${spec.project} is as its file says\n`);
    });
}

export function scaleOf(text: string, all: Record<string, number> = {}): Record<string, number> {
  const match = /^([^=]+)=(\d+)$/.exec(text);
  if (!match?.[1]) throw new InvalidArgumentError('write it as service=number');
  return { ...all, [match[1]]: Number(match[2]) };
}
