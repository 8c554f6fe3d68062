import { existsSync, lstatSync, mkdirSync, readlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { HeddleError } from '../../lib/errors.ts';
import { readBounded } from '../../lib/read-bounded.ts';
import { ask } from './programs.ts';

/** Milliseconds that a large image may take where its layers are copied. */
const longest = 3_600_000;

/** Folders that LXC mounts something at, and that an image of one program may lack. */
const needed = ['proc', 'sys', 'dev', 'etc', 'tmp', 'run'];

/**
 * Makes the root file system of a container: what the image has, and above it what the container writes. `id`: its name at buildah(1).
 * @returns its folder on this host
 */
export async function makeRootFs(id: string, image: string): Promise<string> {
  await ask('buildah', ['from', '--pull-never', '--name', id, image], longest);
  const folder = await mountRootFs(id);
  for (const name of needed) {
    const place = path.join(folder, name);
    // A link is left alone: it would lead to this host.
    if (!lstatSync(place, { throwIfNoEntry: false })) mkdirSync(place, name === 'tmp' ? 0o1777 : 0o755);
  }
  const hosts = placeIn(folder, '/etc/hosts');
  if (!existsSync(hosts))
    writeFileSync(hosts, '127.0.0.1 localhost\n::1 localhost ip6-localhost ip6-loopback\n');
  return folder;
}

/** Where it is on this host; mounted again where the host was started anew. */
export async function mountRootFs(id: string): Promise<string> {
  return (await ask('buildah', ['mount', id])).trim();
}

/** Does nothing if there is none. */
export async function removeRootFs(id: string): Promise<void> {
  await ask('buildah', ['rm', id], longest).catch((cause: HeddleError) => {
    if (!/not known|no such container|not a known|does not exist/i.test(cause.message)) throw cause;
  });
}

/** Links that are followed at most, as the kernel does (path_resolution(7)). */
const mostLinks = 40;

/**
 * Where a path of a container is on this host: links are followed as they are from inside, and lead nowhere else. To be asked while
 * nothing runs in it. Parts at the end that are not there are as they are written.
 * @throws HeddleError ERR_ENGINE for links in a circle
 */
export function placeIn(rootFs: string, target: string): string {
  const before: string[] = [];
  const parts = target.split('/');
  for (let links = 0; parts.length > 0; ) {
    const part = parts.shift() ?? '';
    if (part === '' || part === '.') continue;
    if (part === '..') {
      before.pop();
      continue;
    }
    const place = path.join(rootFs, ...before, part);
    if (!lstatSync(place, { throwIfNoEntry: false })?.isSymbolicLink()) {
      before.push(part);
      continue;
    }
    if (++links > mostLinks) throw new HeddleError('ERR_ENGINE', `${target}: too many symbolic links`);
    const link = readlinkSync(place);
    if (link.startsWith('/')) before.length = 0;
    parts.unshift(...link.split('/'));
  }
  return path.join(rootFs, ...before);
}

/**
 * Makes a place that something can be mounted at: LXC makes none where it may not write, and follows no links.
 * @returns its path in the container, without links
 */
export function makePlace(rootFs: string, target: string, kind: 'file' | 'folder'): string {
  const place = placeIn(rootFs, target);
  if (!lstatSync(place, { throwIfNoEntry: false })) {
    mkdirSync(kind === 'folder' ? place : path.dirname(place), { recursive: true, mode: 0o755 });
    if (kind === 'file') writeFileSync(place, '');
  }
  return path.join('/', path.relative(rootFs, place));
}

const limit = { bytes: 4 * 2 ** 20, noLinks: true };

/** Lines of a file like passwd(5), taken apart. */
function entries(rootFs: string, file: string): string[][] {
  const place = placeIn(rootFs, file);
  if (!existsSync(place)) return [];
  return readBounded(place, limit)
    .toString('utf8')
    .split('\n')
    .map((line) => line.split(':'));
}

export interface LxcUser {
  /** Where it is at home: `/` where the image says nothing. */
  readonly home: string;
  readonly uid: number;
  readonly gid: number;
  readonly groups: readonly number[];
}

/**
 * Who a program runs as: `33`, `www-data`, `33:33`, `www-data:adm`.
 * @throws HeddleError ERR_ENGINE for a name that the image does not know
 */
export function userIn(rootFs: string, text: string | undefined): LxcUser {
  const [user = '', group] = (text ?? '').split(':');
  if (user === '') return { ...userIn(rootFs, '0'), groups: [] };
  const isNumber = /^\d+$/.test(user);
  const entry = entries(rootFs, '/etc/passwd').find(([name, , uid]) =>
    isNumber ? uid === user : name === user,
  );
  if (!entry && !isNumber) throw new HeddleError('ERR_ENGINE', `the image has no user ${user}`);
  const groups = entries(rootFs, '/etc/group');
  const gid = group === undefined ? Number(entry?.[3] ?? 0) : groupIn(groups, group);
  const name = entry?.[0];
  const more = groups.filter(
    ([, , , members = '']) => name !== undefined && members.split(',').includes(name),
  );
  return {
    home: entry?.[5] || '/',
    uid: Number(isNumber ? user : entry?.[2]),
    gid,
    groups: group === undefined ? more.map(([, , id]) => Number(id)).filter((id) => id !== gid) : [],
  };
}

function groupIn(groups: readonly string[][], group: string): number {
  if (/^\d+$/.test(group)) return Number(group);
  const found = groups.find(([name]) => name === group);
  if (!found) throw new HeddleError('ERR_ENGINE', `the image has no group ${group}`);
  return Number(found[2]);
}
