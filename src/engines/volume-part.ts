import { lstat, mkdir } from 'node:fs/promises';
import path from 'node:path';
import { HeddleError } from '../lib/errors.ts';

/**
 * The place on this host of a part of a volume. A folder that is not there is made. A symbolic link on the way is refused:
 * whoever writes into the volume would decide what of the host is seen.
 * @throws HeddleError ERR_BIND_SOURCE
 */
export async function partOfVolume(volume: string, mountpoint: string, subpath: string): Promise<string> {
  const refuse = (why: string) => {
    throw new HeddleError('ERR_BIND_SOURCE', `subpath ${subpath} of the volume ${volume}: ${why}`);
  };
  let place = mountpoint;
  for (const part of subpath.split('/').filter((each) => each !== '' && each !== '.')) {
    if (part === '..') refuse('it leads out of the volume');
    const parent = await lstat(place);
    if (!parent.isDirectory()) refuse(`${place.slice(mountpoint.length)} is no folder`);
    place = path.join(place, part);
    const found = await lstat(place).catch((cause: NodeJS.ErrnoException) => {
      if (cause.code !== 'ENOENT') throw cause;
      return undefined;
    });
    if (found?.isSymbolicLink()) refuse(`${place.slice(mountpoint.length)} is a symbolic link`);
    if (!found) await mkdir(place);
  }
  return place;
}
