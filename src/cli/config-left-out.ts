import { type Command, Option } from 'commander';
import { HeddleError } from '../lib/errors.ts';
import { leftOutFlags } from './left-out.ts';

/** Says why for each flag of Compose's `config` that is left out, rather than that it is unknown. */
export function refuseLeftOut(command: Command): void {
  for (const [flag, { why, instead }] of Object.entries(leftOutFlags['config'] ?? {})) {
    const refuse = (): never => {
      throw new HeddleError('ERR_USAGE', `${flag} is left out of Heddle: ${why}`, { hint: instead });
    };
    command.addOption(new Option(flag).hideHelp());
    command.on(`option:${flag.slice(2)}`, refuse);
    // Commander calls `--no-x` the negation of `x`.
    if (flag.startsWith('--no-')) command.on(`option:${flag.slice('--no-'.length)}`, refuse);
  }
}
