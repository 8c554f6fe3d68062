import path from 'node:path';
import { HeddleError } from './errors.ts';

/**
 * Names from outside are data. Each kind has one rule, checked where the name enters: from a flag, the environment, a
 * file, the API, or stored state. The lengths leave room for what is derived from a name: a file under /run/netns and an
 * interface's alias have 255 bytes, and `heddle-PROJECT-SERVICE-99999.FEATURE` has to fit.
 */
export const nameRules = {
  /** Compose's rule for a project's name. */
  project: /^[a-z0-9][a-z0-9_-]{0,127}$/,
  /** A key of a Compose file: services, networks, volumes, configs, secrets. */
  key: /^[a-zA-Z0-9._-]{1,63}$/,
  /** Docker's rule for a container's name. */
  container: /^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,227}$/,
  /** A feature, and what a template calls its agents. */
  feature: /^[a-z][a-z0-9-]{0,31}$/,
  /** A network's own program in the edge: `own` is own.o. No dot: the file system of the kernel's programs has none. */
  program: /^[a-zA-Z0-9][a-zA-Z0-9_-]{0,63}$/,
  /** RFC 1123, 2.1: what hosts are called, and what nodes know each other by. */
  node: /^[a-zA-Z0-9]([a-zA-Z0-9.-]{0,61}[a-zA-Z0-9])?$/,
  /** What the kernel takes for an interface (dev_valid_name in net/core/dev.c), of it what needs no quoting anywhere. */
  interface: /^[a-zA-Z0-9_][a-zA-Z0-9_.-]{0,14}$/,
} as const;

const component = '[a-z0-9]+(?:(?:\\.|__?|-+)[a-z0-9]+)*';
const host = '(?:[a-zA-Z0-9][a-zA-Z0-9.-]*|\\[[0-9a-fA-F:]+\\])(?::[0-9]{1,5})?';
const imageReference = new RegExp(
  `^(?:${host}/)?${component}(?:/${component})*(?::[A-Za-z0-9_][A-Za-z0-9_.-]{0,127})?(?:@[a-z0-9]+:[0-9a-fA-F]{32,128})?$`,
);

/** Whether a text names an image: `[HOST[:PORT]/]PATH[:TAG][@DIGEST]` (distribution/reference), or an image's id. */
export function isImageReference(text: string): boolean {
  return text.length <= 512 && imageReference.test(text);
}

export type NameKind = keyof typeof nameRules;

export function isName(kind: NameKind, name: unknown): boolean {
  return typeof name === 'string' && nameRules[kind].test(name) && !/^\.+$/.test(name);
}

/**
 * The name, if it is one.
 * @throws HeddleError ERR_USAGE
 */
export function checkedName(kind: NameKind, name: string): string {
  if (isName(kind, name)) return name;
  throw new HeddleError('ERR_USAGE', `${JSON.stringify(name.slice(0, 140))} is no name of a ${kind}`);
}

/**
 * A path below a folder, whatever the name says.
 * @throws HeddleError ERR_USAGE for a name that leads out of the folder, or nowhere
 */
export function below(folder: string, name: string): string {
  const target = path.resolve(folder, name);
  if (target.startsWith(`${path.resolve(folder)}/`) && !name.includes('\0')) return target;
  throw new HeddleError(
    'ERR_USAGE',
    `${JSON.stringify(name.slice(0, 140))} is no name of a file in ${folder}`,
  );
}
