import path from 'node:path';
import { HeddleError } from '../../lib/errors.ts';

/** One end of a copy: a path in a service's container, a path here, or a tar archive on standard input or output. */
export type CopyPath =
  | { readonly kind: 'container'; readonly service: string; readonly path: string }
  | { readonly kind: 'here'; readonly path: string }
  | { readonly kind: 'archive' };

/** `SERVICE:PATH`, `PATH` or `-`. What begins with a slash or a dot is a path here, whatever colons it has. */
export function placeFrom(text: string): CopyPath {
  if (text === '-') return { kind: 'archive' };
  const colon = text.indexOf(':');
  if (colon <= 0 || /^[./]/.test(text)) return { kind: 'here', path: text };
  return { kind: 'container', service: text.slice(0, colon), path: text.slice(colon + 1) || '/' };
}

/** What a path says beside what it names: `folder/.` are the things in it, and a slash at the end means a folder. */
export function readPath(text: string): { path: string; contents: boolean; folder: boolean } {
  const contents = /(^|\/)\.$/.test(text);
  const folder = contents || text.endsWith('/');
  return { path: path.posix.normalize(text).replace(/(?<=.)\/+$/, ''), contents, folder };
}

/** What is known of what stands at a path; nothing when there is nothing. */
type Kind = 'file' | 'folder' | 'link' | 'other' | undefined;

/** Where things go: into this folder, under this name; without a name, what is in the source goes into the folder itself. */
export interface Landing {
  readonly folder: string;
  readonly name: string | undefined;
}

/**
 * Where a source lands, by the rules of `docker cp`: in a folder that is there under its own name, or under the name that
 * is not there yet, or in a file's place.
 * @throws HeddleError ERR_USAGE, ERR_FILE_NOT_FOUND
 */
export function landing(
  source: { readonly name: string; readonly isFolder: boolean; readonly contents: boolean },
  target: { readonly path: string; readonly kind: Kind; readonly folder: boolean },
): Landing {
  const { dir, base } = path.posix.parse(target.path);
  if (target.kind === 'folder') {
    const inside = source.isFolder && (source.contents || source.name === '');
    return { folder: target.path, name: inside ? undefined : source.name };
  }
  if (source.isFolder && target.kind !== undefined) {
    throw new HeddleError('ERR_USAGE', `${target.path} is no folder, and a folder cannot take its place`);
  }
  if (!source.isFolder && target.folder) {
    throw new HeddleError('ERR_FILE_NOT_FOUND', `there is no folder ${target.path}`);
  }
  return { folder: dir || '.', name: base };
}
