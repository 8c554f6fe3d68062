import { type Command, Option } from 'commander';
import { type ProjectOptions, projectCommand } from '../command.ts';
import { scaleOf } from '../up-options.ts';

interface SpecOptions extends ProjectOptions {
  readonly format: 'yaml' | 'json';
  readonly scale?: Record<string, number>;
  readonly showSecrets?: boolean;
}

export function spec(): Command {
  return projectCommand('spec', 'Print the complete deployment specification, secrets left out')
    .addOption(new Option('--format <format>', 'how to print').choices(['yaml', 'json']).default('yaml'))
    .option('--scale <service=number>', 'replicas of a service', scaleOf)
    .option('--show-secrets', 'print secrets, too')
    .action(async (options: SpecOptions) => {
      const [{ readSpec }, { redact }, { default: yaml }] = await Promise.all([
        import('../selected.ts'),
        import('../../descriptor/index.ts'),
        import('yaml'),
      ]);
      const spec = readSpec(options, options.scale);
      const value = options.showSecrets ? spec : redact(spec);
      const text =
        options.format === 'json'
          ? JSON.stringify(value, null, 2)
          : yaml.stringify(value, { aliasDuplicateObjects: false });
      process.stdout.write(`${text.trimEnd()}\n`);
    });
}
