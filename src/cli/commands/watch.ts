import type { Command } from 'commander';
import { type NodeOptions, type ProjectOptions, projectCommand } from '../command.ts';

interface WatchOptions extends ProjectOptions, NodeOptions {
  readonly up: boolean;
  readonly quiet?: boolean;
}

export function watchCommand(): Command {
  return projectCommand('watch', 'Sync, rebuild and restart services as their files change: `develop.watch`')
    .argument('[services...]', 'all that have it, when none is named')
    .option('--no-up', 'do not bring them up first')
    .option('--prune', 'as Compose has it; the engine removes old images when it is told to')
    .option('--quiet', 'print nothing of what a build or `up` does')
    .action(async (services: string[], options: WatchOptions) => {
      const [
        { SentProject },
        { imageOf },
        { selected },
        { ensureNode },
        { showProgress },
        { follow },
        { HeddleError },
      ] = await Promise.all([
        import('../sent-project.ts'),
        import('../../selector/images.ts'),
        import('../service-images.ts'),
        import('../node-connection.ts'),
        import('../output/progress.ts'),
        import('../watch/watch.ts'),
        import('../../lib/errors.ts'),
      ]);
      const project = new SentProject(options);
      const node = await ensureNode(options);
      const { application, spec } = await project.select(node, { services });
      const chosen = selected(application, services, false).filter(({ watch }) => watch !== undefined);
      if (chosen.length === 0) {
        throw new HeddleError('ERR_USAGE', 'no service says what is to be watched', {
          hint: 'write `develop: { watch: […] }` in the file',
        });
      }
      const quiet = options.quiet === true;
      if (options.up) await showProgress(node.up({ spec, services: chosen.map(({ name }) => name) }), quiet);
      const over = new AbortController();
      process.once('SIGINT', () => over.abort()).once('SIGTERM', () => over.abort());
      const image = (name: string) => {
        const service = application.services[name];
        return service ? imageOf(application.name, service) : '';
      };
      await follow({ node, spec, services: chosen, imageOf: image, quiet }, over.signal);
    });
}
