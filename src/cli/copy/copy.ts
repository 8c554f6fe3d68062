import { mkdir, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import type { HandlingClient } from '../../api/handling-client.ts';
import { HeddleError } from '../../lib/errors.ts';
import { type Landing, landing, readPath } from './places.ts';
import { renamed } from './renamed.ts';
import { packed, unpack } from './tar.ts';

/** A container of a service, at the node. */
export interface Container {
  readonly node: HandlingClient;
  readonly project: string;
  readonly service: string;
  readonly name: string;
}

export interface CopyOptions {
  /** Keep owners and rights. */
  readonly archive: boolean;
  readonly followLink: boolean;
}

/** Copies a file or folder of a container to a path here. */
export async function copyOut(
  from: Container,
  source: string,
  target: string,
  options: CopyOptions,
): Promise<void> {
  const { path: wanted, contents } = readPath(source);
  const goal = readPath(target);
  const there = await stat(goal.path).catch(() => undefined);
  const kind = there && (there.isDirectory() ? 'folder' : 'file');
  const { node, project, service, name: container } = from;
  const place = { service, container, path: wanted, followLink: options.followLink };
  const { stat: found, archive } = await node.readArchive(project, place);
  try {
    const isFolder = found.kind === 'folder';
    // Named by what was asked for: what the container says of itself joins no path of this host.
    const name = path.posix.basename(wanted);
    const where = landing({ name, isFolder, contents }, { ...goal, kind });
    await expectFolder(where.folder);
    if (isFolder && where.name !== undefined) await makeFolder(where);
    await unpack(renamed(archive, where.name, skipped), where.folder, options.archive);
  } finally {
    archive.destroy();
  }
}

/** Copies a file or folder from here to a path of a container. */
export async function copyIn(
  to: Container,
  source: string,
  target: string,
  options: CopyOptions,
): Promise<void> {
  const { contents } = readPath(source);
  const origin =
    options.followLink || contents ? await realpath(source).catch(() => source) : path.resolve(source);
  const here = await stat(origin).catch(() => undefined);
  if (!here) throw new HeddleError('ERR_FILE_NOT_FOUND', `there is no ${source}`);
  const goal = readPath(path.posix.resolve('/', target) + (target.endsWith('/') ? '/' : ''));
  const { node, project, service, name: container } = to;
  const found = await node.statPath(project, { service, container, path: goal.path, followLink: true });
  const name = path.basename(path.resolve(source));
  const where = landing(
    { name, isFolder: here.isDirectory(), contents },
    { path: found.path, kind: found.stat?.kind, folder: goal.folder },
  );
  // Podman would make the folders that lack.
  if (found.stat?.kind !== 'folder') await expectFolderIn(to, where.folder);
  const archive = renamed(packed(origin, options.archive), where.name, skipped);
  await node.writeArchive(project, { service, container, path: where.folder }, archive);
}

async function expectFolderIn({ node, project, service, name }: Container, folder: string): Promise<void> {
  const { stat: there } = await node.statPath(project, {
    service,
    container: name,
    path: folder,
    followLink: true,
  });
  if (there?.kind === 'folder') return;
  throw new HeddleError('ERR_FILE_NOT_FOUND', `${name} has no folder ${folder}`);
}

async function expectFolder(folder: string): Promise<void> {
  const there = await stat(folder).catch(() => undefined);
  if (!there?.isDirectory()) throw new HeddleError('ERR_FILE_NOT_FOUND', `there is no folder ${folder}`);
}

async function makeFolder({ folder, name = '' }: Landing): Promise<void> {
  await mkdir(path.join(folder, name), { recursive: true });
}

function skipped(name: string): void {
  process.stderr.write(`left out ${JSON.stringify(name)}: it is no file, folder or link\n`);
}
