import { type Command, Option } from 'commander';
import { HeddleError } from '../lib/errors.ts';

/** Flags of Compose's `config` that Heddle leaves out on purpose, each with the reason. */
const leftOut: Readonly<Record<string, string>> = {
  '--lock-image-digests': 'no registry is asked for a digest; write it into the file: image: NAME@sha256:…',
  '--resolve-image-digests':
    'no registry is asked for a digest; write it into the file: image: NAME@sha256:…',
  '--models': 'models are not run, and a file that has some is refused',
  '--no-consistency': 'a file that contradicts itself is never printed, as it is never deployed',
  '--no-env-resolution': 'what environment files say is part of what is printed',
  '--no-normalize': 'there is one form to print, the long one, which can be read again',
  '--no-path-resolution': 'paths are printed whole, so that what is printed may lie in any folder',
};

/** Says why for each of them, rather than that it is unknown. */
export function refuseLeftOut(command: Command): void {
  for (const [flag, reason] of Object.entries(leftOut)) {
    command.addOption(new Option(flag).hideHelp());
    command.on(`option:${flag.slice(2)}`, () => refuse(flag, reason));
    // Commander calls `--no-x` the negation of `x`.
    if (flag.startsWith('--no-')) command.on(`option:${flag.slice(5)}`, () => refuse(flag, reason));
  }
}

function refuse(flag: string, hint: string): never {
  throw new HeddleError('ERR_USAGE', `Heddle leaves ${flag} of Docker Compose out`, { hint });
}
