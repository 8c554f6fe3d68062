import { type Command, InvalidArgumentError, Option } from 'commander';
import { nodeOptions, projectOptions, repeatable } from './global-options.ts';
import { SwitchingCommand } from './switches.ts';

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

/** The same of a command about networks, which may be those of another host. */
export interface NetworkingOptions extends NodeOptions {
  readonly host?: string;
  readonly tls?: string;
}

/** A command about one application. `taken`: short forms that it has for something else (`logs -f` follows, as in Compose). */
export function projectCommand(name: string, description: string, taken: readonly string[] = []): Command {
  const command = nodeCommand(name, description);
  for (const option of projectOptions(taken)) command.addOption(option);
  return command;
}

/** A command that the node carries out. */
export function nodeCommand(name: string, description: string): Command {
  const command = new SwitchingCommand(name).description(description);
  for (const option of nodeOptions()) command.addOption(option);
  return command;
}

/** A command about networks, which the node of another host may carry out as well. */
export function networkingCommand(name: string, description: string): Command {
  return nodeCommand(name, description)
    .option('--host <url>', 'the node at an address, https://10.0.0.1:9851; HEDDLE_HOST says it, too')
    .option(
      '--tls <folder>',
      'folder with ca.crt (or ca.pem), cert.pem and key.pem for it; HEDDLE_CERT_PATH says it, too',
    );
}

/** An option that may be given several times. */
export function several(flags: string, description: string): Option {
  return repeatable(new Option(flags, description));
}

export type Format = 'table' | 'json';

export function formatOption(): Option {
  return new Option('--format <format>', 'how to print').choices(['table', 'json']).default('table');
}

export function wholeNumber(text: string): number {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError('a whole number is needed');
  return Number(text);
}
