import type { Command } from 'commander';
import { type NodeOptions, type ProjectOptions, projectCommand } from '../command.ts';

interface PushOptions extends ProjectOptions, NodeOptions {
  readonly ignorePushFailures?: boolean;
  readonly includeDeps?: boolean;
  readonly quiet?: boolean;
}

export function push(): Command {
  return projectCommand('push', 'Push the images that are built for services, and have a name in the file')
    .argument('[services...]', 'all, when none is named')
    .option('--ignore-push-failures', 'push what can be pushed, and name the rest')
    .option('--include-deps', 'those of services that these depend on, too')
    .option('-q, --quiet', 'print nothing but errors')
    .action(async (services: string[], options: PushOptions) => {
      const [{ SentProject }, { selected }, { ensureNode }, { transfer }] = await Promise.all([
        import('../sent-project.ts'),
        import('../service-images.ts'),
        import('../node-connection.ts'),
        import('../transfer.ts'),
      ]);
      const project = new SentProject(options);
      const node = await ensureNode(options);
      const { application } = await project.read(node, { services });
      const built = selected(application, services, options.includeDeps === true).filter(
        ({ build }) => build,
      );
      const wanted = [...new Set(built.flatMap(({ image }) => image ?? []))];
      if (wanted.length === 0) {
        process.stderr.write('no service is built under a name that could be pushed\n');
        return;
      }
      const tolerant = options.ignorePushFailures === true;
      await transfer(node.pushImages({ wanted }), { quiet: options.quiet === true, tolerant });
    });
}
