import { Command } from 'commander';
import type { ServiceView } from '../../../edge/view/view.ts';
import { type Format, formatOption } from '../../command.ts';
import { edgeFileOption } from './options.ts';

interface ExplainOptions {
  readonly file: string;
  readonly at: string;
  readonly format: Format;
}

export function explain(): Command {
  return new Command('explain')
    .description('Say which copies of a service the clients of a site are led to, and why')
    .argument('<service>', 'NAME, or NAMESPACE/NAME')
    .addOption(edgeFileOption())
    .requiredOption('--at <site>', 'where the clients are')
    .addOption(formatOption())
    .action(async (name: string, { file, at, format }: ExplainOptions) => {
      const [{ loadEdgeFile }, { LocalViews }, { HeddleError }, { didYouMean }, { printRows }] =
        await Promise.all([
          import('../../../edge/sources/load.ts'),
          import('../../../edge/gateway/local-views.ts'),
          import('../../../lib/errors.ts'),
          import('../../../lib/did-you-mean.ts'),
          import('../../output/table.ts'),
        ]);
      const views = new LocalViews(at, loadEdgeFile(file, at)).snapshot();
      const services = views.kind === 'snapshot' ? views.view.services : {};
      const found = matching(services, name);
      if (!found) {
        const hint = didYouMean(name, Object.keys(services));
        throw new HeddleError('ERR_SERVICE_UNKNOWN', `${file} has no service "${name}"`, { hint });
      }
      printRows(found.copies, format, {
        COPY: ({ id }) => id,
        SITE: ({ site }) => site,
        NODE: ({ node }) => node,
        DISTANCE: ({ distance }) => (distance === null ? '' : `${distance} ms`),
        VERDICT: ({ verdict }) => verdict,
        REASON: ({ reason }) => reason,
      });
    });
}

/** The service of a key, or the only one of a name. */
function matching(services: Readonly<Record<string, ServiceView>>, name: string): ServiceView | undefined {
  if (services[name]) return services[name];
  const named = Object.values(services).filter((service) => service.name === name);
  return named.length === 1 ? named[0] : undefined;
}
