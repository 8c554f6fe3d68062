import { type Command, Option } from 'commander';
import type { OperationEvent } from '../../api/messages.ts';
import { type NodeOptions, nodeCommand, type ProjectOptions } from '../command.ts';
import { catalogueOption } from '../global-options.ts';
import { type ListingOptions, listing, listingCommand } from '../listing.ts';
import { bytesText } from '../output/units.ts';

interface ImagesOptions extends ListingOptions {
  readonly all?: boolean;
  readonly quiet?: boolean;
}

interface BuildOptions extends NodeOptions, Pick<ProjectOptions, 'catalogue'> {
  readonly cache: boolean;
  readonly quiet?: boolean;
}

export function images(): Command {
  return listingCommand('images', 'List the images of the application’s containers')
    .enablePositionalOptions()
    .argument('[services...]', 'only these services, and what manages them')
    .option('-a, --all', 'those of sandboxes, too')
    .option('-q, --quiet', 'print their ids only, each once')
    .action(async (services: string[], options: ImagesOptions) => {
      const { node, project, print, orNone } = await listing(options);
      const rows = (await orNone(node.images(project, services), []))
        .filter((row) => options.all || row.role !== 'sandbox')
        .sort((a, b) => (a.container < b.container ? -1 : 1));
      if (options.quiet) {
        for (const id of new Set(rows.map((row) => row.id))) process.stdout.write(`${id}\n`);
        return;
      }
      print(rows, {
        CONTAINER: (row) => row.container,
        REPOSITORY: (row) => row.repository ?? '<none>',
        TAG: (row) => row.tag ?? '<none>',
        'IMAGE ID': (row) => row.id.slice(0, 12),
        SIZE: (row) => (row.size === null ? '' : bytesText(row.size)),
      });
    })
    .addCommand(build());
}

/** The images of the catalogue, by the names of their folders; each bears a hash of its folder's content. */
function build(): Command {
  return nodeCommand('build', 'Build the images of the catalogue; those that are there are left alone')
    .addOption(catalogueOption())
    .argument('[names...]', 'all, when none is named')
    .addOption(new Option('--no-cache', 'build them again, and nothing from the engine’s cache'))
    .option('-q, --quiet', 'print nothing but errors')
    .action(async (names: string[], options: BuildOptions) => {
      const [{ loadCatalogue }, { catalogueImages }, { catalogueFolders }, { ensureNode }, { showProgress }] =
        await Promise.all([
          import('../../catalogue/load.ts'),
          import('../../selector/images.ts'),
          import('../catalogue-folders.ts'),
          import('../node-connection.ts'),
          import('../output/progress.ts'),
        ]);
      const { sources, wanted } = catalogueImages(loadCatalogue(catalogueFolders(options)), names);
      const node = await ensureNode(options);
      const built = new Set<string>();
      const events = node.buildImages({ images: sources, wanted, noCache: !options.cache });
      await showProgress(noting(events, built), options.quiet === true);
      if (options.quiet) return;
      for (const reference of wanted.filter((image) => !built.has(image))) {
        process.stderr.write(` ✔ Image ${reference}  Cached\n`);
      }
    });
}

/** Notes what is worked on. */
async function* noting(
  events: AsyncIterable<OperationEvent>,
  subjects: Set<string>,
): AsyncGenerator<OperationEvent> {
  for await (const event of events) {
    if (event.type === 'plan') for (const { subject } of event.plan.steps) subjects.add(subject);
    yield event;
  }
}
