import type { Command } from 'commander';
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
      const of = (scope: string) =>
        Object.fromEntries(
          templates
            .filter((template) => template.scope === scope)
            .map((template) => [template.feature, parametersSchema(template)]),
        );
      const value = composeJsonSchema({ service: of('service'), application: of('application') });
      process.stdout.write(`${JSON.stringify(value, null, 2)}\n`);
    },
  );
}
