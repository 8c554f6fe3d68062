import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { HeddleError } from '../../lib/errors.ts';

/** A file or folder of this host as a tar archive; without `owners`, all of it is root's. */
export function packed(source: string, owners: boolean): Readable {
  const { dir, base } = path.parse(path.resolve(source));
  const args = ['-c', '-f', '-', '--numeric-owner', ...(owners ? [] : ['--owner=0', '--group=0'])];
  // Behind a dot and a slash, no name is taken for an option.
  const tar = spawn('tar', [...args, '-C', dir, `./${base}`], { stdio: ['ignore', 'pipe', 'inherit'] });
  tar.on('error', (cause) => tar.stdout.destroy(missing(cause)));
  tar.on('close', (code) => {
    // 1: a file changed as it was read.
    if (code !== 0 && code !== 1) tar.stdout.destroy(failed('tar could not read all of it'));
  });
  return tar.stdout;
}

/**
 * Unpacks an archive in a folder of this host. Links that lead out of the folder are made last, so that nothing is written
 * through them; without `owners`, all of it is the user's, and no file gets another's rights.
 */
export async function unpack(archive: Readable, folder: string, owners: boolean): Promise<void> {
  const rights = owners
    ? ['--same-owner', '-p', '--numeric-owner']
    : ['--no-same-owner', '--no-same-permissions'];
  const tar = spawn('tar', ['-x', '-f', '-', '-C', path.resolve(folder), ...rights], {
    stdio: ['pipe', 'ignore', 'inherit'],
  });
  const ended = once(tar, 'close') as Promise<[number | null]>;
  try {
    await Promise.all([pipeline(archive, tar.stdin), ended]);
  } catch (cause) {
    tar.kill();
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') throw missing(cause);
    // It says itself why it ended early.
    if ((cause as NodeJS.ErrnoException).code !== 'EPIPE') throw cause;
  }
  const [code] = await ended;
  if (code !== 0) throw failed(`tar could not write all of it to ${folder}`);
}

function missing(cause: unknown): HeddleError {
  return new HeddleError('ERR_FILE_NOT_FOUND', 'tar is needed to copy, and is not installed', { cause });
}

function failed(message: string): HeddleError {
  return new HeddleError('ERR_FILE_NOT_FOUND', message, { hint: 'it says why above' });
}
