import path from 'node:path';
import type { SelectRequest } from '../api/project.ts';
import type { Mount, Port } from '../descriptor/application.ts';
import { isPath } from '../descriptor/forms/mounts.ts';
import { parsePort } from '../descriptor/forms/ports.ts';
import { splitWords } from '../descriptor/forms/words.ts';
import { HeddleError } from '../lib/errors.ts';
import { checkedName } from '../lib/names.ts';
import { readNamed } from '../lib/read-named.ts';
import { environmentOf } from './environment-of.ts';

/** The flags of `run` that say how its container differs from the service. */
export interface OnceOptions {
  readonly capAdd?: string[];
  readonly capDrop?: string[];
  readonly entrypoint?: string;
  readonly env?: string[];
  readonly envFromFile?: string[];
  readonly interactive?: boolean;
  readonly label?: string[];
  readonly name?: string;
  readonly publish?: string[];
  readonly servicePorts?: boolean;
  readonly TTY?: boolean;
  readonly useAliases?: boolean;
  readonly user?: string;
  readonly volume?: string[];
  readonly workdir?: string;
}

/**
 * What a command line asks for. `terminal`: whether there is one on both sides.
 * @throws HeddleError ERR_USAGE
 */
export function oneOffOf(
  service: string,
  command: readonly string[],
  options: OnceOptions,
  terminal: boolean,
): NonNullable<SelectRequest['oneOff']> {
  return {
    service,
    ...(options.name !== undefined && { name: checkedName('container', options.name) }),
    command,
    ...(options.entrypoint !== undefined && { entrypoint: wordsOf(options.entrypoint) }),
    environment: pairs([
      ...(options.envFromFile ?? []).flatMap(linesOf),
      ...environmentOf(options.env ?? []),
    ]),
    labels: pairs(options.label ?? []),
    ...(options.user !== undefined && { user: options.user }),
    ...(options.workdir !== undefined && { workingDir: options.workdir }),
    mounts: (options.volume ?? []).map((text) => mountOf(text)),
    ports: (options.publish ?? []).flatMap(portsOf),
    servicePorts: options.servicePorts === true,
    useAliases: options.useAliases === true,
    capAdd: options.capAdd ?? [],
    capDrop: options.capDrop ?? [],
    tty: terminal && options.TTY !== false,
    interactive: options.interactive !== false,
  };
}

function wordsOf(line: string): string[] {
  const split = splitWords(line);
  if (!split) throw new HeddleError('ERR_USAGE', `--entrypoint ${line}: a quote is not closed`);
  return [...split.words];
}

/** As large as a Compose file may be; one that is made on the way has to be there in time. */
const limit = { bytes: 10 * 1024 * 1024, pipe: 10_000 };

/** `NAME=value` a line, without comments and empty lines, as `docker run --env-file` reads it. */
function linesOf(file: string): string[] {
  const lines = readNamed(file, limit)
    .toString()
    .split('\n')
    .map((line) => line.replace(/\r$/, '').trimStart());
  return environmentOf(lines.filter((line) => line !== '' && !line.startsWith('#')));
}

function pairs(items: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    items.map((item) => {
      const equals = item.indexOf('=');
      return equals < 0 ? [item, ''] : [item.slice(0, equals), item.slice(equals + 1)];
    }),
  );
}

function portsOf(text: string): Port[] {
  const parsed = parsePort(text);
  if (typeof parsed === 'string') throw new HeddleError('ERR_USAGE', `--publish ${text}: ${parsed}`);
  return parsed.map(({ target, published, host_ip: hostIp, protocol }) => {
    const [first, last] = (published ?? '').split('-').map(Number);
    return {
      target,
      protocol: protocol as Port['protocol'],
      ...(hostIp !== undefined && { hostIp }),
      ...(published !== undefined && first && { published: first }),
      ...(published !== undefined && last && { publishedEnd: last }),
    };
  });
}

/** `[SOURCE:]TARGET[:OPTIONS]`; a path is one of this host, relative to where the command runs. */
export function mountOf(text: string, cwd = process.cwd()): Mount {
  const parts = text.split(':');
  const [source, target = ''] = parts.length > 1 ? parts : [undefined, parts[0]];
  const options = (parts[2] ?? '').split(',').filter((option) => option !== '');
  const unknown = options.find((option) => !['ro', 'rw', 'z', 'Z', 'nocopy'].includes(option));
  if (parts.length > 3 || !target.startsWith('/') || source === '' || unknown !== undefined) {
    const hint = 'write [SOURCE:]TARGET[:ro], TARGET an absolute path';
    throw new HeddleError('ERR_USAGE', `--volume ${text}: this is not a mount`, { hint });
  }
  const readOnly = options.includes('ro');
  if (source === undefined || !isPath(source)) {
    const noCopy = options.includes('nocopy');
    return { type: 'volume', ...(source !== undefined && { source }), target, readOnly, noCopy };
  }
  const selinux = options.find((option) => option === 'z' || option === 'Z');
  const absolute = path.resolve(cwd, source.replace(/^~(?=\/|$)/, process.env['HOME'] ?? '~'));
  return {
    type: 'bind',
    source: absolute,
    target,
    readOnly,
    createSource: true,
    ...(selinux && { selinux }),
  };
}
