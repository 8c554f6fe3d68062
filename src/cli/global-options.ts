import { type Command, Option } from 'commander';

/** An option that may stand before the command as well as behind it: `heddle -f compose.yaml ps`. */
export class GlobalOption extends Option {}

/** An option that may be given repeatable times. */
export function repeatable<Kind extends Option>(option: Kind): Kind {
  return option.argParser((value: string, all: string[] | undefined) => [...(all ?? []), value]);
}

/** Which application is meant, as Docker Compose names it. `taken`: short forms that a command has for something else. */
export function projectOptions(taken: readonly string[] = []): Option[] {
  const flags = (short: string, long: string) => (taken.includes(short) ? long : `${short}, ${long}`);
  return [
    repeatable(
      new GlobalOption(
        flags('-f', '--file <path>'),
        'Compose file; may be given repeatable times; -: standard input',
      ),
    ),
    new GlobalOption(flags('-p', '--project-name <name>'), 'project name'),
    new GlobalOption('--project-directory <path>', 'folder that relative paths are resolved against'),
    repeatable(new GlobalOption('--env-file <path>', 'environment file instead of .env')),
    repeatable(new GlobalOption('--profile <name>', 'profile to enable')),
    catalogueOption(),
    repeatable(
      new GlobalOption(
        '--allow-privileged-template <name>',
        'let a template of your own have rights over the host',
      ),
    ),
  ];
}

export function catalogueOption(): Option {
  return repeatable(new GlobalOption('--catalogue <folder>', 'folder with templates and images of your own'));
}

/** Which node and engine are meant. */
export function nodeOptions(): Option[] {
  return [
    new GlobalOption('--socket <path>', 'socket of the node'),
    new GlobalOption('--state-dir <path>', 'state folder of the node'),
    new GlobalOption(
      '--engine <engine>',
      'podman, docker, an address such as unix:///run/podman/podman.sock, or none: a node for networks alone',
    ),
  ];
}

/**
 * Gives a command what was said before it: lists come together in the order of the line, and of a single value the last
 * one counts. A command that has no such option leaves it alone, as Compose does.
 */
export function inheritGlobals(command: Command): void {
  for (let before = command.parent; before; before = before.parent) {
    for (const option of before.options) {
      if (option instanceof GlobalOption && isGiven(before, option)) inherit(command, option, before);
    }
  }
}

function inherit(command: Command, option: GlobalOption, before: Command): void {
  if (!command.options.some((own) => own instanceof GlobalOption && own.long === option.long)) return;
  const name = option.attributeName();
  const earlier: unknown = before.getOptionValue(name);
  const own: unknown = isGiven(command, option) ? command.getOptionValue(name) : undefined;
  if (Array.isArray(earlier)) {
    const later: unknown[] = Array.isArray(own) ? own : [];
    command.setOptionValueWithSource(name, [...earlier, ...later], 'cli');
  } else if (own === undefined) command.setOptionValueWithSource(name, earlier, 'cli');
}

function isGiven(command: Command, option: GlobalOption): boolean {
  return command.getOptionValueSource(option.attributeName()) === 'cli';
}
