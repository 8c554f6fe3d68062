import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import type Docker from 'dockerode';
import { HeddleError } from '../../lib/errors.ts';
import type { ContainerArchive, PathStat } from '../console.ts';
import { engineError, isNotFound } from './errors.ts';

/** Bits of Go's os.FileMode, which the engines write. */
const [folder, link, special] = [2 ** 31, 2 ** 27, 2 ** 26 + 2 ** 25 + 2 ** 24 + 2 ** 21 + 2 ** 19];

export async function readArchive(api: Docker, name: string, path: string): Promise<ContainerArchive> {
  try {
    const archive = (await api.getContainer(name).getArchive({ path })) as IncomingMessage;
    return { archive, stat: statOf(archive) };
  } catch (cause) {
    if (isNotFound(cause)) throw absent(name, path, cause);
    throw engineError(cause, `reading ${path} of ${name}`);
  }
}

export async function writeArchive(
  api: Docker,
  name: string,
  path: string,
  archive: Readable,
): Promise<void> {
  const over = new AbortController();
  // Whoever sends it may go away in the middle.
  archive.once('close', () => !archive.readableEnded && over.abort());
  try {
    // Nothing that is a folder may take a file's place, nor the other way round.
    const options = { path, noOverwriteDirNonDir: 'true', abortSignal: over.signal };
    await api.getContainer(name).putArchive(archive, options);
  } catch (cause) {
    if (isNotFound(cause)) throw absent(name, path, cause);
    throw engineError(cause, `writing to ${path} of ${name}`);
  }
}

function absent(name: string, path: string, cause: unknown): HeddleError {
  return new HeddleError('ERR_FILE_NOT_FOUND', `${name} has no ${path}`, { cause });
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
