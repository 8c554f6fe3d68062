import type { Command } from 'commander';
import { type Format, formatOption, type ProjectOptions, projectCommand } from '../command.ts';

export function features(): Command {
  return projectCommand(
    'features',
    'List the management features there are, what they share and what they cost',
  )
    .argument('[feature]', 'print the parameters of one, as JSON Schema')
    .addOption(formatOption())
    .action(async (feature: string | undefined, options: ProjectOptions & { format: Format }) => {
      const [{ loadCatalogue }, { catalogueFolders }, { printRows }] = await Promise.all([
        import('../../catalogue/load.ts'),
        import('../catalogue-folders.ts'),
        import('../output/table.ts'),
      ]);
      const { templates } = loadCatalogue(catalogueFolders(options));
      if (feature !== undefined) {
        const { parametersSchema } = await import('../../selector/parameters.ts');
        const template = templates[feature];
        if (!template) await unknown(feature, Object.keys(templates));
        else process.stdout.write(`${JSON.stringify(parametersSchema(template), null, 2)}\n`);
        return;
      }
      const rows = Object.values(templates).map((template) => ({
        feature: template.feature,
        title: template.title,
        scope: template.scope,
        agents: Object.entries(template.agents).map(([name, agent]) => ({
          name,
          sharing: agent.sharing,
          capabilities: agent.capabilities,
          cost: agent.cost ?? null,
        })),
        collector: template.collector ? { cost: template.collector.cost ?? null } : null,
        file: template.file,
      }));
      printRows(rows, options.format, {
        FEATURE: (row) => row.feature,
        FOR: (row) => row.scope,
        SHARES: (row) => row.agents.map((agent) => agent.sharing).join(', '),
        'COST OF AN AGENT': (row) => row.agents.map((agent) => agent.cost?.cpu ?? '').join('; '),
        WHAT: (row) => row.title,
      });
    });
}

async function unknown(feature: string, known: readonly string[]): Promise<never> {
  const [{ HeddleError }, { didYouMean }] = await Promise.all([
    import('../../lib/errors.ts'),
    import('../../lib/did-you-mean.ts'),
  ]);
  throw new HeddleError('ERR_FEATURE_UNKNOWN', `there is no feature "${feature}"`, {
    hint: didYouMean(feature, known),
  });
}
