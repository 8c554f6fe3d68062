import { rm } from 'node:fs/promises';
import path from 'node:path';
import type { AnonymousVolume, ObservedContainer } from '../engines/observed.ts';
import type { ContainerHome } from '../engines/workloads.ts';
import { nameRules } from '../lib/names.ts';
import * as z from '../lib/zod.ts';
import type { ContainerSpec } from '../selector/spec.ts';
import type { RecordKind } from '../state/record.ts';
import type { DeployContext } from './context.ts';
import type { StateFolder } from './state-folder.ts';

const anonymousVolumes: RecordKind<readonly AnonymousVolume[]> = {
  schema: z.array(
    z.strictObject({
      // As the engine names what it has: a name is a part of the path by which it is asked.
      name: z.string().regex(nameRules.container, 'is no name of a volume'),
      target: z.string().startsWith('/'),
    }),
  ),
  // Version 1 has what was written before there were versions.
  migrations: [(volumes) => volumes],
};

/**
 * Notes the anonymous volumes of a container that is about to be made anew. They stand on disk until the new one has them,
 * so that a node which dies in between loses none.
 */
export async function rememberPassed(
  folder: StateFolder,
  { name, anonymous = [] }: ObservedContainer,
): Promise<void> {
  if (anonymous.length > 0) await folder.writeRecord(anonymousVolumes, fileOf(name), anonymous);
}

/** The new container has them. */
export async function forgetPassed(folder: StateFolder, container: string): Promise<void> {
  await rm(path.join(folder.path, fileOf(container)), { force: true });
}

/**
 * The volumes that a new container takes over from the one before it.
 * @throws HeddleError ERR_STATE, ERR_STATE_NEWER rather than begin with empty ones
 */
export async function passedVolumes(
  { engine, folder }: Pick<DeployContext, 'engine' | 'folder'>,
  container: ContainerSpec,
): Promise<readonly AnonymousVolume[]> {
  const noted = await folder.readRecord(anonymousVolumes, fileOf(container.name));
  if (!noted || container.role !== 'application') return [];
  const image = await engine.images.find(container.image);
  return takenOver(noted, container, image?.volumes ?? []);
}

/** Those for which the new container has a volume without a name, too: of the file, or of its image. Pure. */
export function takenOver(
  noted: readonly AnonymousVolume[],
  { mounts }: Pick<ContainerSpec, 'mounts'>,
  ofImage: readonly string[],
): AnonymousVolume[] {
  return noted.filter(({ target }) => {
    const mount = mounts.find((candidate) => isSame(candidate.target, target));
    return mount ? isAnonymous(mount) : ofImage.some((folder) => isSame(folder, target));
  });
}

/** The container's home with these volumes in it, by name. */
export function withPassed(home: ContainerHome, passed: readonly AnonymousVolume[]): ContainerHome {
  if (passed.length === 0) return home;
  const mounts = home.mounts.map((mount) => {
    const volume = passed.find(({ target }) => isSame(mount.target, target));
    return volume && mount.type === 'volume' ? { ...mount, source: volume.name } : mount;
  });
  const others = passed.filter(({ target }) => !home.mounts.some((mount) => isSame(mount.target, target)));
  return {
    ...home,
    mounts: [
      ...mounts,
      ...others.map(
        ({ name, target }) =>
          ({ type: 'volume', source: name, target, readOnly: false, noCopy: false }) as const,
      ),
    ],
  };
}

function isAnonymous(mount: ContainerSpec['mounts'][number]): boolean {
  return mount.type === 'volume' && mount.source === undefined;
}

function isSame(one: string, other: string): boolean {
  return path.posix.join(one, '/') === path.posix.join(other, '/');
}

function fileOf(container: string): string {
  return `anonymous/${container}.json`;
}
