import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import type Docker from 'dockerode';
import type { ContainerArchive, PathStat } from '../handling.ts';
import { asking, engineError, isNotFound } from './errors.ts';

/** Bits of Go's os.FileMode, which the engines write. */
const [folder, link, special] = [2 ** 31, 2 ** 27, 2 ** 26 + 2 ** 25 + 2 ** 24 + 2 ** 21 + 2 ** 19];

export async function readArchive(api: Docker, name: string, path: string): Promise<ContainerArchive> {
  const archive = (await asking(`reading ${path} of ${name}`, () =>
    api.getContainer(name).getArchive({ path }),
  )) as IncomingMessage;
  return { archive, stat: statOf(archive) };
}

export async function writeArchive(
  api: Docker,
  name: string,
  path: string,
  archive: Readable,
): Promise<void> {
  await asking(`writing to ${path} of ${name}`, () =>
    // Nothing that is a folder may take a file's place, nor the other way round.
    api.getContainer(name).putArchive(archive, { path, noOverwriteDirNonDir: 'true' }),
  );
}

export async function statPath(api: Docker, name: string, path: string): Promise<PathStat | undefined> {
  try {
    const answer = (await api.getContainer(name).infoArchive({ path })) as IncomingMessage;
    answer.resume();
    return statOf(answer);
  } catch (cause) {
    if (isNotFound(cause)) return undefined;
    throw engineError(cause, `looking at ${path} of ${name}`);
  }
}

/** What the engine says of a path in a header. */
export function statOf({ headers }: Pick<IncomingMessage, 'headers'>): PathStat {
  const text = Buffer.from(String(headers['x-docker-container-path-stat'] ?? ''), 'base64').toString('utf8');
  const {
    name = '',
    mode = 0,
    linkTarget = '',
  } = JSON.parse(text || '{}') as {
    name?: string;
    mode?: number;
    linkTarget?: string;
  };
  return { name, kind: kindOf(mode), target: linkTarget };
}

function kindOf(mode: number): PathStat['kind'] {
  const has = (bits: number) => (BigInt(mode) & BigInt(bits)) !== 0n;
  if (has(folder)) return 'folder';
  if (has(link)) return 'link';
  return has(special) ? 'other' : 'file';
}
