import { isName } from '../../lib/names.ts';
import { plainIssue } from '../../lib/plain-issue.ts';
import { jsonIn } from '../json.ts';
import { type CniVersion, type Configuration, configuration, supportedVersions } from './configuration.ts';
import { CniError, cniCode } from './error.ts';

export type Command = 'ADD' | 'DEL' | 'CHECK' | 'GC' | 'STATUS' | 'VERSION';

/** Which container's interface it is about. */
export interface Attached {
  readonly container: string;
  readonly interface: string;
  /** Path of the network namespace; absent when it is gone. */
  readonly namespace?: string;
  readonly args: ReadonlyMap<string, string>;
}

export type CniRequest =
  | { readonly command: 'VERSION' }
  | { readonly command: 'GC' | 'STATUS'; readonly conf: Configuration }
  | { readonly command: 'ADD' | 'DEL' | 'CHECK'; readonly conf: Configuration; readonly attached: Attached };

type Env = Readonly<Record<string, string>>;

const commands: readonly string[] = ['ADD', 'DEL', 'CHECK', 'GC', 'STATUS', 'VERSION'] satisfies Command[];

/**
 * What a runtime asks for. Pure.
 * @throws CniError 1, 4, 6, 7
 */
export function readRequest(env: Env, input: string): CniRequest {
  const command = env['CNI_COMMAND'] ?? '';
  if (!commands.includes(command))
    throw environmentError(`CNI_COMMAND has to be one of ${commands.join(', ')}, not ${shown(command)}`);
  if (command === 'VERSION') return { command };
  const conf = readConfiguration(input);
  if (command === 'GC' || command === 'STATUS') return { command, conf };
  return { command: command as 'ADD' | 'DEL' | 'CHECK', conf, attached: readAttached(env, command) };
}

/** The version that an answer bears, whatever else is wrong with what was asked. */
export function versionOf(input: string): CniVersion {
  const version = readObject(input)?.['cniVersion'];
  return supportedVersions.find((one) => one === version) ?? '1.0.0';
}

function readConfiguration(input: string): Configuration {
  const json = readObject(input);
  if (!json)
    throw new CniError(cniCode.decoding, 'the network configuration is no JSON object, or nests too deep');
  const { cniVersion } = json;
  if (!supportedVersions.some((one) => one === cniVersion))
    throw new CniError(
      cniCode.version,
      `cniVersion ${shown(cniVersion)} is not supported`,
      `supported: ${supportedVersions.join(', ')}`,
    );
  const checked = configuration.safeParse(json);
  if (checked.success) return checked.data;
  throw new CniError(cniCode.configuration, plainIssue(checked.error.issues, json, 'the configuration'));
}

function readAttached(env: Env, command: string): Attached {
  const { CNI_CONTAINERID: container = '', CNI_IFNAME: name = '', CNI_NETNS: namespace = '' } = env;
  if (!/^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,1023}$/.test(container))
    throw environmentError(`CNI_CONTAINERID ${shown(container)} is no id of a container`);
  if (!isName('interface', name))
    throw environmentError(`CNI_IFNAME ${shown(name)} is no name of an interface`);
  if (namespace === '' && command !== 'DEL') throw environmentError('CNI_NETNS is missing');
  if (namespace !== '' && !/^\/[\w./:@+=-]{1,254}$/.test(namespace))
    throw environmentError(`CNI_NETNS ${shown(namespace)} is no path of a namespace`);
  return {
    container,
    interface: name,
    ...(namespace !== '' && { namespace }),
    args: readArgs(env['CNI_ARGS'] ?? ''),
  };
}

/** `KEY=value;KEY=value`. What is not known there is others'. */
function readArgs(text: string): ReadonlyMap<string, string> {
  const pairs = text.split(';').filter((pair) => pair !== '');
  const odd = pairs.find((pair) => !/^[^=]+=/.test(pair));
  if (odd !== undefined) throw environmentError(`CNI_ARGS: ${shown(odd)} is not KEY=value`);
  return new Map(
    pairs.map((pair): [string, string] => {
      const at = pair.indexOf('=');
      return [pair.slice(0, at), pair.slice(at + 1)];
    }),
  );
}

function readObject(text: string): Readonly<Record<string, unknown>> | undefined {
  const value = jsonIn(text)?.value;
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : undefined;
}

function environmentError(message: string): CniError {
  return new CniError(cniCode.environment, message);
}

function shown(value: unknown): string {
  return value === undefined || value === '' ? 'nothing' : JSON.stringify(value).slice(0, 80);
}
