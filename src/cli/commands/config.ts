import { type Command, Option } from 'commander';
import { type ProjectOptions, projectCommand } from '../command.ts';

interface ConfigOptions extends ProjectOptions {
  readonly format: 'yaml' | 'json';
  readonly showSecrets?: boolean;
  readonly quiet?: boolean;
}

export function config(): Command {
  return projectCommand('config', 'Print the Compose file merged and filled in, secrets left out')
    .addOption(new Option('--format <format>', 'how to print').choices(['yaml', 'json']).default('yaml'))
    .option('--show-secrets', 'print secrets, too')
    .option('-q, --quiet', 'only check')
    .action(async (options: ConfigOptions) => {
      const [{ readDescriptor }, { renderConfig }] = await Promise.all([
        import('../project.ts'),
        import('../../descriptor/index.ts'),
      ]);
      const text = renderConfig(readDescriptor(options), {
        showSecrets: options.showSecrets === true,
        format: options.format,
      });
      if (!options.quiet) process.stdout.write(text.endsWith('\n') ? text : `${text}\n`);
    });
}
