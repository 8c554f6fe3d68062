import { type Command, Option } from 'commander';
import type { Descriptor } from '../../descriptor/index.ts';
import { type ProjectOptions, projectCommand } from '../command.ts';
import { refuseLeftOut } from '../config-left-out.ts';
import { type Listed, listedKinds, listOf } from '../config-lists.ts';

interface ConfigOptions extends ProjectOptions, Partial<Record<Listed, boolean>> {
  readonly format: 'yaml' | 'json';
  readonly hash?: string;
  readonly output?: string;
  readonly quiet?: boolean;
  readonly showSecrets?: boolean;
  readonly interpolate: boolean;
  readonly variables?: boolean;
}

export function config(): Command {
  const command = projectCommand('config', 'Print the Compose file merged and filled in, secrets left out')
    .argument('[services...]', 'only these services, and those that they depend on')
    .addOption(new Option('--format <format>', 'how to print').choices(['yaml', 'json']).default('yaml'))
    .option('--show-secrets', 'print secrets, too')
    .option('--no-interpolate', 'leave variables where they stand, and check nothing')
    .option('--variables', 'print the variables that the file uses instead')
    .option('-o, --output <file>', 'write it to a file')
    .option('-q, --quiet', 'only check');
  for (const [kind, what] of listedKinds) {
    const others = listedKinds.map(([other]) => other).filter((other) => other !== kind);
    command.addOption(new Option(`--${kind}`, `print ${what} instead`).conflicts([...others, 'hash']));
  }
  command.option('--hash <services>', 'print a hash of each of these services instead, of all for "*"');
  refuseLeftOut(command);
  return command.action(async (services: string[], options: ConfigOptions) => {
    if (options.variables || !options.interpolate) return unfilled(options);
    const [{ readDescriptor }, { renderConfig }] = await Promise.all([
      import('../project.ts'),
      import('../../descriptor/index.ts'),
    ]);
    const descriptor = readDescriptor(options, services);
    if (options.quiet) return;
    const showSecrets = options.showSecrets === true;
    const listed = await lines(descriptor, options);
    const text = listed ?? renderConfig(descriptor, { showSecrets, format: options.format });
    await write(text.endsWith('\n') || text === '' ? text : `${text}\n`, options);
  });
}

/** What is printed before any variable has a value. */
async function unfilled(options: ConfigOptions): Promise<void> {
  const [{ readUnfilled }, { renderUnfilled }] = await Promise.all([
    import('../project.ts'),
    import('../../descriptor/index.ts'),
  ]);
  const { model, variables } = readUnfilled(options);
  if (options.quiet) return;
  if (!options.variables) {
    await write(renderUnfilled(model, { ...options, showSecrets: options.showSecrets === true }), options);
    return;
  }
  const { printRows } = await import('../output/table.ts');
  printRows(variables, options.format === 'json' ? 'json' : 'table', {
    NAME: (row) => row.name,
    REQUIRED: (row) => String(row.required),
    'DEFAULT VALUE': (row) => row.defaultValue,
    'ALTERNATE VALUE': (row) => row.alternateValue,
  });
}

async function lines(descriptor: Descriptor, options: ConfigOptions): Promise<string | undefined> {
  const [kind] = listedKinds.find(([candidate]) => options[candidate]) ?? [];
  if (kind !== undefined) return listOf(kind, descriptor).join('\n');
  if (options.hash === undefined) return undefined;
  const { serviceHashes } = await import('../service-hashes.ts');
  return serviceHashes(descriptor, options.hash).join('\n');
}

async function write(text: string, { output, showSecrets }: ConfigOptions): Promise<void> {
  if (output === undefined) {
    process.stdout.write(text);
    return;
  }
  const [{ writeFileSync }, { HeddleError }] = await Promise.all([
    import('node:fs'),
    import('../../lib/errors.ts'),
  ]);
  try {
    writeFileSync(output, text, { mode: showSecrets ? 0o600 : 0o644 });
  } catch (cause) {
    const why = (cause as Error).message;
    throw new HeddleError('ERR_FILE_NOT_FOUND', `${output} cannot be written: ${why}`, { cause });
  }
}
