import { existsSync } from 'node:fs';
import { lstat, mkdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { HeddleError } from '../lib/errors.ts';

/**
 * Only what does not exist is made, as a folder: a file, a socket or a device is mounted as it is.
 * @throws HeddleError ERR_BIND_SOURCE
 */
export async function makeBindSource(source: string): Promise<void> {
  if (existsSync(source)) return;
  try {
    await mkdir(source, { recursive: true });
  } catch (cause) {
    // Another container's step may have made it.
    if (existsSync(source)) return;
    throw unmakeable(source, (cause as Error).message, cause);
  }
}

/**
 * Whether the folder could be made, found out without making it: the nearest of its parents that is there has to be one.
 * @throws HeddleError ERR_BIND_SOURCE
 */
export async function refuseUnmakeable(source: string): Promise<void> {
  for (let place = source; ; place = path.dirname(place)) {
    const found = await stat(place).catch(() => undefined);
    if (found) {
      if (place === source || found.isDirectory()) return;
      throw unmakeable(source, `${place} is no folder`);
    }
    if (await lstat(place).catch(() => undefined))
      throw unmakeable(source, `${place} is a symbolic link to what is not there`);
  }
}

function unmakeable(source: string, why: string, cause?: unknown): HeddleError {
  return new HeddleError('ERR_BIND_SOURCE', `${source} cannot be made: ${why}`, { cause });
}
