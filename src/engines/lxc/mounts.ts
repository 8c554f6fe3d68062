import { closeSync, constants, fstatSync, openSync, statSync } from 'node:fs';
import path from 'node:path';
import { HeddleError } from '../../lib/errors.ts';
import type { LxcMount } from './record.ts';
import { makePlace } from './root-fs.ts';

/** A mount as it is to be made now. */
export interface PlacedMount {
  readonly mount: LxcMount;
  /** What LXC is to make first, at a place that nobody can have made a link of. */
  readonly create?: 'dir' | 'file';
}

export interface PlacedMounts extends Disposable {
  readonly all: readonly PlacedMount[];
}

/** open(2): a place and nothing in it, which is there until it is closed, whatever becomes of its name. */
const oPath = 0x20_0000;

/**
 * Where the mounts of a container are to be made, the outer first, as its file systems are now: what has run in it, or in others that
 * have its volumes, may have put links there, which LXC would follow on this host. Places that are not there are made. To be asked
 * before each start, and held until LXC has mounted them.
 * @throws HeddleError ERR_BIND_SOURCE for a part of a volume behind a link
 */
export function placeMounts(rootFs: string, mounts: readonly LxcMount[]): PlacedMounts {
  const held: number[] = [];
  const done: (PlacedMount & { readonly asked: string })[] = [];
  const release = () => {
    for (const fd of held.splice(0)) closeSync(fd);
  };
  try {
    for (const given of [...mounts].sort((a, b) => depth(a.target) - depth(b.target))) {
      const mount = given.type === 'bind' && given.part !== undefined ? opened(given, held) : given;
      const asked = path.posix.normalize(mount.target);
      const outer = done.findLast((one) => isBelow(asked, one.asked));
      done.push({ asked, ...placed(rootFs, mount, asked, outer) });
    }
  } catch (error) {
    release();
    throw error;
  }
  return { all: done, [Symbol.dispose]: release };
}

function placed(
  rootFs: string,
  mount: LxcMount,
  asked: string,
  outer: (PlacedMount & { readonly asked: string }) | undefined,
): PlacedMount {
  const isFile =
    mount.type === 'bind' && statSync(mount.source, { throwIfNoEntry: false })?.isDirectory() === false;
  // What LXC mounts anew at each start is empty.
  if (isBelow(asked, '/dev') || outer?.mount.type === 'tmpfs')
    return { mount: { ...mount, target: asked }, create: isFile ? 'file' : 'dir' };
  const kind = isFile ? 'file' : 'folder';
  if (outer?.mount.type !== 'bind') return { mount: { ...mount, target: makePlace(rootFs, asked, kind) } };
  const within = makePlace(outer.mount.source, path.posix.relative(outer.asked, asked), kind);
  return { mount: { ...mount, target: path.posix.join(outer.mount.target, within) } };
}

/** Its source by what is there now: whoever changes names in the volume meanwhile changes nothing of it. */
function opened(mount: Extract<LxcMount, { type: 'bind' }>, held: number[]): LxcMount {
  const { source, part = '', ...rest } = mount;
  const refuse = (place: string, why: string) =>
    new HeddleError('ERR_BIND_SOURCE', `subpath ${part} of the volume at ${source}: ${place} ${why}`);
  let fd = openSync(source, oPath | constants.O_NOFOLLOW);
  held.push(fd);
  for (const name of part.split('/').filter((one) => one !== '' && one !== '.')) {
    if (name === '..') throw refuse(name, 'leads out of it');
    try {
      fd = openSync(`/proc/self/fd/${fd}/${name}`, oPath | constants.O_NOFOLLOW);
    } catch (cause) {
      throw new HeddleError('ERR_BIND_SOURCE', refuse(name, 'is not there').message, { cause });
    }
    held.push(fd);
    if (fstatSync(fd).isSymbolicLink()) throw refuse(name, 'is a symbolic link');
  }
  return { ...rest, source: `/proc/${process.pid}/fd/${fd}` };
}

function depth(target: string): number {
  return target.split('/').filter((part) => part !== '').length;
}

function isBelow(target: string, outer: string): boolean {
  return target.startsWith(outer === '/' ? '/' : `${outer}/`);
}
