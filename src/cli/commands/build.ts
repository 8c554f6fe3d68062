import { type Command, Option } from 'commander';
import { type NodeOptions, type ProjectOptions, projectCommand, several } from '../command.ts';
import { environmentOf } from '../environment-of.ts';

interface BuildOptions extends ProjectOptions, NodeOptions {
  readonly buildArg?: string[];
  readonly cache: boolean;
  readonly pull?: boolean;
  readonly push?: boolean;
  readonly quiet?: boolean;
  readonly withDependencies?: boolean;
}

export function build(): Command {
  return projectCommand('build', 'Build the images of services, present or not')
    .argument('[services...]', 'all that are built, when none is named')
    .addOption(several('--build-arg <name=value>', 'argument of the build; a name alone is taken from here'))
    .addOption(new Option('--no-cache', 'take nothing from the engine’s cache'))
    .option('--pull', 'look for newer versions of the images that they are built from')
    .option('--push', 'push them afterwards')
    .option('--with-dependencies', 'those of services that these depend on, too')
    .option('-q, --quiet', 'print nothing but errors')
    .action(async (services: string[], options: BuildOptions) => {
      const [{ SentProject }, { imageOf }, { selected, withChanges }, { ensureNode }, { showProgress }] =
        await Promise.all([
          import('../sent-project.ts'),
          import('../../selector/images.ts'),
          import('../service-images.ts'),
          import('../node-connection.ts'),
          import('../output/progress.ts'),
        ]);
      const project = new SentProject(options);
      const node = await ensureNode(options);
      const { application, spec } = await project.select(node, { services });
      const chosen = selected(application, services, options.withDependencies === true);
      const built = chosen.filter((service) => service.build !== undefined);
      if (built.length === 0) {
        process.stderr.write('no service is built: each has an image, and no `build`\n');
        return;
      }
      const wanted = [...new Set(built.map((service) => imageOf(application.name, service)))];
      const pairs = environmentOf(options.buildArg ?? []).map((pair) => pair.split(/=(.*)/s, 2));
      const images = withChanges(spec.images, {
        args: Object.fromEntries(pairs),
        noCache: !options.cache,
        pull: options.pull === true,
      });
      await showProgress(node.buildImages({ images, wanted, anew: true }), options.quiet === true);
      if (options.push) await showProgress(node.pushImages({ wanted }), options.quiet === true);
    });
}
