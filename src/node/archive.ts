import { posix } from 'node:path';
import type { Readable } from 'node:stream';
import type { ArchivePlace, ReachedPath } from '../api/handling.ts';
import type { ContainerArchive } from '../engines/console.ts';
import type { Engine } from '../engines/engine.ts';
import { HeddleError } from '../lib/errors.ts';
import { composeLabel, isOneOff } from '../lib/labels.ts';
import type { Applications } from './applications.ts';
import { containersOf } from './service-containers.ts';

/** How many links are followed before they are taken for a circle, as the kernel counts (path_resolution(7)). */
const links = 40;

/** A path of a service's container as a tar archive, and what stands there. */
export async function readFrom(
  applications: Applications,
  project: string,
  place: ArchivePlace,
): Promise<ContainerArchive> {
  const name = await containerOf(applications, project, place);
  const { path } = await reached(applications.engine, name, place);
  return applications.engine.console.readArchive(name, path);
}

/** What stands at a path of a service's container, and where that is when links were followed. */
export async function statIn(
  applications: Applications,
  project: string,
  place: ArchivePlace,
): Promise<ReachedPath> {
  const name = await containerOf(applications, project, place);
  return reached(applications.engine, name, place);
}

/** Follows links inside the container, whose paths never are paths of the host. */
async function reached(engine: Engine, name: string, place: ArchivePlace): Promise<ReachedPath> {
  let { path } = place;
  for (let followed = 0; followed <= links; followed++) {
    const stat = await engine.console.statPath(name, path);
    if (!place.followLink || stat?.kind !== 'link') return { path, stat: stat ?? null };
    path = posix.resolve('/', posix.dirname(path), stat.target);
  }
  throw new HeddleError('ERR_FILE_NOT_FOUND', `${name}: the links at ${place.path} go in a circle`);
}

/** Unpacks a tar archive in a folder of a service's container. */
export async function writeTo(
  applications: Applications,
  project: string,
  place: ArchivePlace,
  archive: Readable,
): Promise<void> {
  const name = await containerOf(applications, project, place);
  await applications.engine.console.writeArchive(name, place.path, archive);
}

/** A replica of a service, running or not. */
async function containerOf(
  applications: Applications,
  project: string,
  { service, index, container }: ArchivePlace,
): Promise<string> {
  const all = await containersOf(applications, project, [service]);
  const found = all.find(({ name, labels }) => {
    if (container !== undefined) return name === container;
    if (isOneOff(labels)) return false;
    return index === undefined || labels[composeLabel.index] === String(index);
  });
  if (found) return found.name;
  const which = index === undefined ? `service "${service}"` : `replica ${index} of service "${service}"`;
  throw new HeddleError('ERR_SERVICE_NOT_RUNNING', `${which} has no container`);
}
