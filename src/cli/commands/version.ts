import { Command, Option } from 'commander';

export function versionCommand(): Command {
  return new Command('version')
    .description('Print the version of Heddle')
    .option('--short', 'the number only')
    .addOption(
      new Option('-f, --format <format>', 'how to print').choices(['pretty', 'json']).default('pretty'),
    )
    .action(async (options: { readonly short?: boolean; readonly format: string }) => {
      const { version } = await import('../../lib/version.ts');
      const texts: Readonly<Record<string, string>> = { json: JSON.stringify({ version: version() }) };
      const text = options.short ? version() : (texts[options.format] ?? `Heddle version ${version()}`);
      process.stdout.write(`${text}\n`);
    });
}
