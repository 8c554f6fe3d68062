import { Command, InvalidArgumentError, Option } from 'commander';

/** Options that say which application is meant, as Docker Compose names them. */
export interface ProjectOptions {
  readonly file?: string[];
  readonly projectName?: string;
  readonly projectDirectory?: string;
  readonly envFile?: string[];
  readonly profile?: string[];
  readonly catalogue?: string[];
  readonly allowPrivilegedTemplate?: string[];
}

/** Options that say which node and engine are meant. */
export interface NodeOptions {
  readonly socket?: string;
  readonly stateDir?: string;
  readonly engine?: string;
}

/** An option that may be given several times. */
export function several(flags: string, description: string): Option {
  return new Option(flags, description).argParser((value: string, all: string[] | undefined) => [
    ...(all ?? []),
    value,
  ]);
}

/** A command about one application. `short`: whether `-f` names the file (`logs -f` follows, as in Compose). */
export function projectCommand(name: string, description: string, short = true): Command {
  return nodeCommand(name, description)
    .addOption(
      several(short ? '-f, --file <path>' : '--file <path>', 'Compose file; may be given several times'),
    )
    .option('-p, --project-name <name>', 'project name')
    .option('--project-directory <path>', 'folder that relative paths are resolved against')
    .addOption(several('--env-file <path>', 'environment file instead of .env'))
    .addOption(several('--profile <name>', 'profile to enable'))
    .addOption(catalogueOption())
    .addOption(
      several('--allow-privileged-template <name>', 'let a template of your own have rights over the host'),
    );
}

export function catalogueOption(): Option {
  return several('--catalogue <folder>', 'folder with templates and images of your own');
}

/** A command that the node carries out. */
export function nodeCommand(name: string, description: string): Command {
  return new Command(name)
    .description(description)
    .option('--socket <path>', 'socket of the node')
    .option('--state-dir <path>', 'state folder of the node')
    .option('--engine <engine>', 'podman, docker, or an address such as unix:///run/podman/podman.sock');
}

export type Format = 'table' | 'json';

export function formatOption(): Option {
  return new Option('--format <format>', 'how to print').choices(['table', 'json']).default('table');
}

export function wholeNumber(text: string): number {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError('a whole number is needed');
  return Number(text);
}
