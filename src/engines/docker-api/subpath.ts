import type Docker from 'dockerode';
import { HeddleError } from '../../lib/errors.ts';
import { partOfVolume } from '../volume-part.ts';
import type { ContainerHome } from '../workloads.ts';
import { asking } from './errors.ts';

type Mount = ContainerHome['mounts'][number];

/** A part of a volume is mounted by where it is on this host: not every engine knows parts. */
export async function withPart(api: Docker, mount: Mount): Promise<Mount> {
  if (mount.type !== 'volume' || mount.subpath === undefined || mount.source === undefined) return mount;
  const { source: volume, target, readOnly, subpath } = mount;
  const made = await asking(`looking at the volume ${volume}`, () => api.getVolume(volume).inspect());
  if (made.Driver !== 'local' || Object.keys(made.Options ?? {}).length > 0 || !made.Mountpoint) {
    throw new HeddleError(
      'ERR_COMPOSE_UNSUPPORTED',
      `subpath ${subpath} of the volume ${volume}: only plain volumes of this host have parts that can be mounted`,
    );
  }
  const source = await partOfVolume(volume, made.Mountpoint, subpath);
  return { type: 'bind', source, target, readOnly, createSource: false };
}
