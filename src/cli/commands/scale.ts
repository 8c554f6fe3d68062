import type { Command } from 'commander';
import { type ListingOptions, listingCommand } from '../listing.ts';
import { type MakingOptions, makingRequest, scaleOf } from '../up-options.ts';

interface ScaleOptions extends MakingOptions, ListingOptions {
  readonly quiet?: boolean;
}

export function scale(): Command {
  return listingCommand(
    'scale',
    'Change how many replicas services have; their agents come and go along. Without any, show the services whose replicas follow metrics',
  )
    .argument('[service=number...]', 'services and their replicas', scaleOf)
    .option('--no-deps', 'leave out what the services depend on')
    .option('-q, --quiet', 'print nothing but errors')
    .action(async (asked: Record<string, number> | readonly never[], options: ScaleOptions) => {
      if (Object.keys(asked).length === 0) return show(options);
      return change(asked as Record<string, number>, options);
    });
}

async function change(asked: Record<string, number>, options: ScaleOptions): Promise<void> {
  const [{ SentProject }, { connectNode }, { showProgress }] = await Promise.all([
    import('../sent-project.ts'),
    import('../node-connection.ts'),
    import('../output/progress.ts'),
  ]);
  const request = { ...makingRequest(options, Object.keys(asked)), scale: asked, keepScale: true };
  const { name, events } = await new SentProject(options).up(connectNode(options), request);
  const { steps } = await showProgress(events, options.quiet === true);
  if (steps === 0 && !options.quiet) process.stderr.write(`${name} has so many already\n`);
}

async function show(options: ScaleOptions): Promise<void> {
  const [{ listing }, { scalingText }, { printRows }] = await Promise.all([
    import('../listing.ts'),
    import('../output/scaling.ts'),
    import('../output/table.ts'),
  ]);
  const { node, project, orNone } = await listing(options);
  const all = await orNone(node.scaling(project), []);
  if (options.format === 'json') printRows(all, 'json', {});
  else process.stdout.write(scalingText(all, Date.now()));
}
