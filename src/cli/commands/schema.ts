import type { Command } from 'commander';
import type { Template } from '../../catalogue/template.ts';
import { type ProjectOptions, projectCommand } from '../command.ts';

export function schema(): Command {
  return projectCommand('schema', 'Print the JSON Schema of the file, for editors').action(
    async (options: ProjectOptions) => {
      const [{ loadCatalogue }, { catalogueFolders }, { composeJsonSchema }, { parametersSchema }] =
        await Promise.all([
          import('../../catalogue/load.ts'),
          import('../catalogue-folders.ts'),
          import('../../descriptor/index.ts'),
          import('../../selector/parameters.ts'),
        ]);
      const templates = Object.values(loadCatalogue(catalogueFolders(options)).templates);
      const of = (offered: readonly Template[]) =>
        Object.fromEntries(offered.map((template) => [template.feature, parametersSchema(template)]));
      const value = composeJsonSchema({
        service: of(templates.filter(({ scope }) => scope === 'service')),
        application: of(templates.filter(({ scope }) => scope === 'application')),
        chain: of(templates.filter((template) => template.function)),
      });
      process.stdout.write(`${JSON.stringify(value, null, 2)}\n`);
    },
  );
}
