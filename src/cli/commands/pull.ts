import { type Command, Option } from 'commander';
import { type NodeOptions, type ProjectOptions, projectCommand } from '../command.ts';

interface PullOptions extends ProjectOptions, NodeOptions {
  readonly ignoreBuildable?: boolean;
  readonly ignorePullFailures?: boolean;
  readonly includeDeps?: boolean;
  readonly policy?: 'missing' | 'always';
  readonly quiet?: boolean;
}

export function pull(): Command {
  return projectCommand('pull', 'Pull the images of services')
    .argument('[services...]', 'all, when none is named')
    .option('--ignore-buildable', 'leave out images that can be built')
    .option('--ignore-pull-failures', 'pull what can be pulled, and name the rest')
    .option('--include-deps', 'those of services that these depend on, too')
    .addOption(new Option('--policy <policy>', 'which to pull').choices(['missing', 'always']))
    .option('-q, --quiet', 'print nothing but errors')
    .action(async (services: string[], options: PullOptions) => {
      const [{ SentProject }, { imageOf, isOwnImage }, { selected, toPull }, { ensureNode }, { transfer }] =
        await Promise.all([
          import('../sent-project.ts'),
          import('../../selector/images.ts'),
          import('../service-images.ts'),
          import('../node-connection.ts'),
          import('../transfer.ts'),
        ]);
      const project = new SentProject(options);
      const node = await ensureNode(options);
      const { application } = await project.read(node, { services });
      const chosen = selected(application, services, options.includeDeps === true);
      const { wanted, optional } = toPull(chosen, (service) => imageOf(application.name, service));
      const missing = options.policy === 'missing';
      const quiet = options.quiet === true;
      // No registry has the catalogue's.
      const pulled = wanted.filter((image) => !isOwnImage(image));
      await transfer(node.pullImages({ wanted: pulled, missing }), {
        quiet,
        tolerant: options.ignorePullFailures === true,
      });
      if (options.ignoreBuildable || optional.length === 0) return;
      await transfer(node.pullImages({ wanted: optional, missing }), { quiet, tolerant: true });
    });
}
