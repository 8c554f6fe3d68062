import { type Command, Option } from 'commander';
import type { Descriptor } from '../../descriptor/index.ts';
import { type ProjectOptions, projectCommand } from '../command.ts';

/** What can be listed instead of the file, a name a line. */
const lists = {
  services: ({ application }: Descriptor) => Object.keys(application.services),
  networks: ({ application }: Descriptor) => Object.keys(application.networks),
  volumes: ({ application }: Descriptor) => Object.keys(application.volumes),
  profiles: ({ profiles }: Descriptor) => profiles,
};

type Listed = keyof typeof lists;

interface ConfigOptions extends ProjectOptions, Partial<Record<Listed, boolean>> {
  readonly format: 'yaml' | 'json';
  readonly showSecrets?: boolean;
  readonly quiet?: boolean;
}

export function config(): Command {
  const kinds = Object.keys(lists) as Listed[];
  const command = projectCommand('config', 'Print the Compose file merged and filled in, secrets left out')
    .addOption(new Option('--format <format>', 'how to print').choices(['yaml', 'json']).default('yaml'))
    .option('--show-secrets', 'print secrets, too')
    .option('-q, --quiet', 'only check');
  for (const kind of kinds) {
    const others = kinds.filter((other) => other !== kind);
    command.addOption(new Option(`--${kind}`, `print the names of the ${kind} instead`).conflicts(others));
  }
  return command.action(async (options: ConfigOptions) => {
    const [{ readDescriptor }, { renderConfig }] = await Promise.all([
      import('../project.ts'),
      import('../../descriptor/index.ts'),
    ]);
    const descriptor = readDescriptor(options);
    if (options.quiet) return;
    const kind = kinds.find((candidate) => options[candidate]);
    if (kind) {
      for (const name of lists[kind](descriptor)) process.stdout.write(`${name}\n`);
      return;
    }
    const showSecrets = options.showSecrets === true;
    const text = renderConfig(descriptor, { showSecrets, format: options.format });
    process.stdout.write(text.endsWith('\n') ? text : `${text}\n`);
  });
}
