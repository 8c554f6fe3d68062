import { Command } from 'commander';
import type { EdgeName, Named, NameTarget } from '../../../edge/view/names.ts';
import { type Format, formatOption } from '../../command.ts';
import { gatewayStateOption, keptViewFolder } from './kept-view.ts';
import { edgeFileOption } from './options.ts';

interface NamesOptions {
  readonly file: string;
  readonly at?: string;
  readonly state?: string;
  readonly format: Format;
}

export function names(): Command {
  return new Command('names')
    .description(
      'List every name under the domain, and every port that a service has alone; those that a service asked for and is not given, with the reason: by the edge file, or as a gateway of this host knows them, from all sources',
    )
    .addOption(edgeFileOption())
    .option('--at <site>', 'the site of a gateway that runs here: what it knows')
    .addOption(gatewayStateOption())
    .addOption(formatOption())
    .action(run);
}

async function run(options: NamesOptions, command: Command): Promise<void> {
  const [{ HeddleError }, { namesOf }, { printRows }] = await Promise.all([
    import('../../../lib/errors.ts'),
    import('../../../edge/view/names.ts'),
    import('../../output/table.ts'),
  ]);
  const isGatewayAsked = options.at !== undefined || options.state !== undefined;
  // One that the environment names is always there.
  if (isGatewayAsked && command.getOptionValueSource('file') === 'cli')
    throw new HeddleError('ERR_USAGE', 'an edge file and a gateway are two things to ask', {
      hint: 'leave out -f, or --at and --state',
    });
  const named = await (isGatewayAsked ? inView(options) : byFile(options));
  printRows(namesOf(named), options.format, {
    NAME: ({ name, kind }) => (kind === 'port' ? name : `${name}.${named.domain}`),
    KIND: ({ kind }) => kind,
    'LEADS TO': leadsTo,
  });
}

async function byFile({ file }: NamesOptions): Promise<Named> {
  const [{ loadEdgeFile }, { namedBySources }, { granted }] = await Promise.all([
    import('../../../edge/sources/load.ts'),
    import('../../../edge/view/names.ts'),
    import('../../../edge/grants/grants.ts'),
  ]);
  return namedBySources(granted(loadEdgeFile(file)));
}

async function inView({ at = '', state }: NamesOptions): Promise<Named> {
  const [{ toldView }, { namedInView }, { HeddleError }] = await Promise.all([
    import('../../../edge/gateway/answered-services.ts'),
    import('../../../edge/view/names.ts'),
    import('../../../lib/errors.ts'),
  ]);
  const folder = await keptViewFolder(at, state);
  const view = folder === undefined ? undefined : toldView(folder);
  if (view) return namedInView(view);
  throw new HeddleError('ERR_FILE_NOT_FOUND', `no gateway keeps a view of ${at || 'any site'} on this host`, {
    hint: '`--state FOLDER` names the state folder of one; `-f FILE` asks the edge file',
  });
}

/** A name that somebody else has leads there, and has a line of its own for that. */
function leadsTo({ target, refused, isHeld }: EdgeName): string {
  if (refused === undefined) return targetText(target);
  return isHeld ? `not to ${targetText(target)}: ${refused}` : `nowhere: ${refused}`;
}

function targetText(target: NameTarget): string {
  if ('node' in target) return `node ${target.node}`;
  if ('gateway' in target) return `the gateway of ${target.gateway}`;
  return target.site === undefined
    ? `service ${target.service}`
    : `service ${target.service} at ${target.site}`;
}
