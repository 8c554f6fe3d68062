import { type Command, Option } from 'commander';
import { type ProjectOptions, projectCommand } from '../command.ts';
import { scaleOf } from './up.ts';

interface SpecOptions extends ProjectOptions {
  readonly format: 'yaml' | 'json';
  readonly scale?: Record<string, number>;
}

export function spec(): Command {
  return projectCommand('spec', 'Print the complete deployment specification')
    .addOption(new Option('--format <format>', 'how to print').choices(['yaml', 'json']).default('yaml'))
    .option('--scale <service=number>', 'replicas of a service', scaleOf)
    .action(async (options: SpecOptions) => {
      const [{ readSpec }, { stringify }] = await Promise.all([import('../project.ts'), import('yaml')]);
      const value = readSpec(options, options.scale);
      const text =
        options.format === 'json'
          ? JSON.stringify(value, null, 2)
          : stringify(value, { aliasDuplicateObjects: false });
      process.stdout.write(`${text.trimEnd()}\n`);
    });
}
