import path from 'node:path';
import { Command } from 'commander';
import type { ServiceView, ViewCopy } from '../../../edge/view/view.ts';
import { type Format, formatOption } from '../../command.ts';
import { gatewayStateOption, keptViewFolder } from './kept-view.ts';
import { edgeFileOption } from './options.ts';

interface ExplainOptions {
  readonly file: string;
  readonly at: string;
  readonly state?: string;
  readonly format: Format;
}

/** Services, by key, and where they are from. */
interface Found {
  readonly services: Readonly<Record<string, ServiceView>>;
  readonly from: string;
}

export function explain(): Command {
  return new Command('explain')
    .description(
      'Say which copies of a service the clients of a site are led to, and why: as its gateway answers if that runs here, else as that was told last; by the edge file alone where none was',
    )
    .argument('<service>', 'NAME, or NAMESPACE/NAME')
    .addOption(edgeFileOption())
    .requiredOption('--at <site>', 'where the clients are')
    .addOption(gatewayStateOption())
    .addOption(formatOption())
    .action(run);
}

async function run(name: string, options: ExplainOptions, command: Command): Promise<void> {
  const [{ HeddleError }, { didYouMean }, { printRows }] = await Promise.all([
    import('../../../lib/errors.ts'),
    import('../../../lib/did-you-mean.ts'),
    import('../../output/table.ts'),
  ]);
  const isFileAsked = command.getOptionValueSource('file') === 'cli' && options.state === undefined;
  const { services, from } = (!isFileAsked && (await fromGateway(options))) || (await fromFile(options));
  const found = matching(services, name);
  if (!found) {
    const same = Object.keys(services).filter((key) => key.endsWith(`/${name}`));
    if (same.length > 1)
      throw new HeddleError('ERR_SERVICE_UNKNOWN', `${from} has several services "${name}"`, {
        hint: `say which: ${same.sort().join(', ')}`,
      });
    const names = Object.entries(services).flatMap(([key, service]) => [key, service.name]);
    const hint =
      didYouMean(name, new Set(names)) ?? '`heddle edge names` lists them; -f FILE explains what a file says';
    throw new HeddleError('ERR_SERVICE_UNKNOWN', `${from} has no service "${name}"`, { hint });
  }
  printRows(found.copies, options.format, {
    COPY: ({ id }) => id,
    SITE: ({ site }) => site,
    NODE: ({ node }) => node,
    DISTANCE: distanceText,
    VERDICT: ({ verdict }) => verdict,
    REASON: ({ reason }) => reason,
  });
  const atLayer4 = await portsOfLayer4(found);
  if (atLayer4.length > 0 && options.format === 'table')
    process.stdout.write(
      `\nAt layer 4, by nftables at the gateway: ${atLayer4.join(', ')}. New connections are shared by those chosen (else the first spare one has them); open ones stay.\n`,
    );
}

/** `sql (5432/tcp)`; none of a service that clients reach without the gateway. */
async function portsOfLayer4({ steer, ports }: ServiceView): Promise<string[]> {
  if (steer === 'direct') return [];
  const { isOfLayer4 } = await import('../../../edge/model/model.ts');
  return ports.filter(isOfLayer4).map(({ name, port, protocol }) => `${name} (${port}/${protocol})`);
}

/** As the gateway answers, distances measured, or as it was told when it does not run; nothing when none keeps a view here. */
async function fromGateway({ at, state }: ExplainOptions): Promise<Found | undefined> {
  const folder = await keptViewFolder(at, state);
  if (folder === undefined) return undefined;
  const [{ answeredServices, toldView }, { PidFile }, { statSync }] = await Promise.all([
    import('../../../edge/gateway/answered-services.ts'),
    import('../../../edge/gateway/pid-file.ts'),
    import('node:fs'),
  ]);
  const from = `the gateway of ${at}`;
  if (new PidFile(folder).isAlive()) return { services: await answeredServices(folder), from };
  const kept = statSync(path.join(folder, 'view')).mtime.toISOString();
  process.stderr.write(`The gateway of ${at} does not run. What it was told, as kept at ${kept}:\n`);
  return { services: toldView(folder)?.services ?? {}, from };
}

async function fromFile({ file, at }: ExplainOptions): Promise<Found> {
  const [{ loadEdgeFile }, { LocalViews }] = await Promise.all([
    import('../../../edge/sources/load.ts'),
    import('../../../edge/gateway/local-views.ts'),
  ]);
  const first = new LocalViews(at, loadEdgeFile(file, at)).snapshot();
  return { services: first.kind === 'snapshot' ? first.view.services : {}, from: file };
}

function distanceText({ distance, error }: ViewCopy): string {
  if (distance === null) return '';
  return error > 0 ? `${distance} ms ± ${error}` : `${distance} ms`;
}

/** The service of a key, or the only one of a name. */
function matching(services: Readonly<Record<string, ServiceView>>, name: string): ServiceView | undefined {
  if (services[name]) return services[name];
  const named = Object.values(services).filter((service) => service.name === name);
  return named.length === 1 ? named[0] : undefined;
}
