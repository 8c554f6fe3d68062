import type { Command } from 'commander';
import { archetypeOptions } from '../../archetype-options.ts';
import { type NetworkingOptions, networkingCommand, several } from '../../command.ts';

interface SwitchOptions extends NetworkingOptions {
  readonly to: string;
  readonly opt?: string[];
  readonly force?: boolean;
  readonly yes?: boolean;
  readonly dryRun?: boolean;
}

export function switchNetwork(): Command {
  return networkingCommand(
    'switch',
    'Make a network one of another archetype, with its endpoints, while traffic goes on',
  )
    .argument('<network>')
    .requiredOption('--to <archetype>', 'what kind of network')
    .addOption(
      several('-o, --opt <key=value>', 'an option of the archetype; the value is JSON, or else a text'),
    )
    .option('-f, --force', 'do not ask, whatever is lost by it')
    .option('-y, --yes', 'the same')
    .option('--dry-run', 'only say what would be lost')
    .action(async (name: string, { to, opt, force, yes, dryRun, ...options }: SwitchOptions) => {
      const [{ presentNetworking }, { isConfirmed }] = await Promise.all([
        import('../../networking-connection.ts'),
        import('../../confirm.ts'),
      ]);
      const networking = await presentNetworking(options);
      const wish = { archetype: to, options: archetypeOptions(opt) };
      const { network, lost } = await networking.switch(name, { ...wish, dryRun: true });
      if (lost.length > 0) {
        process.stderr.write(`${name} loses as one of ${to}:\n`);
        for (const { of, what } of lost) process.stderr.write(`  ${of}: ${what}\n`);
      }
      if (dryRun) return;
      if (
        lost.length > 0 &&
        !(force || yes) &&
        !(await isConfirmed(`Going to switch ${name} from ${network.archetype} to ${to}`, '--yes'))
      )
        return;
      // What was said to be lost is what is lost: a network that changed meanwhile is left alone.
      await networking.switch(name, { ...wish, accept: true, revision: network.revision });
      process.stdout.write(`${name}\n`);
    });
}
