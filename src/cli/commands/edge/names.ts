import { Command } from 'commander';
import type { NameTarget } from '../../../edge/names.ts';
import { type Format, formatOption } from '../../command.ts';
import { edgeFileOption } from './options.ts';

export function names(): Command {
  return new Command('names')
    .description('List every name under the domain, and the short ones that are not given, with the reason')
    .addOption(edgeFileOption())
    .addOption(formatOption())
    .action(async ({ file, format }: { file: string; format: Format }) => {
      const [{ loadEdgeFile }, { namesOf }, { printRows }] = await Promise.all([
        import('../../../edge/sources/load.ts'),
        import('../../../edge/names.ts'),
        import('../../output/table.ts'),
      ]);
      const model = loadEdgeFile(file);
      printRows(namesOf(model), format, {
        NAME: ({ name }) => `${name}.${model.domain}`,
        KIND: ({ kind }) => kind,
        'LEADS TO': ({ target, refused }) =>
          refused === undefined ? targetText(target) : `nowhere: ${refused}`,
      });
    });
}

function targetText(target: NameTarget): string {
  if ('node' in target) return `node ${target.node}`;
  if ('gateway' in target) return `the gateway of ${target.gateway}`;
  return target.site === undefined
    ? `service ${target.service}`
    : `service ${target.service} at ${target.site}`;
}
