import { hostname, release } from 'node:os';
import type Dockerode from 'dockerode';
import { asking } from './errors.ts';

/**
 * Whether an engine runs its containers on this host. A socket may lead into a virtual machine (Podman machine, Docker
 * Desktop), which has a kernel of its own; at the other end of a network there may be another host with the same kernel,
 * so that the host's name counts as well.
 */
export async function isHere(
  api: Pick<Dockerode, 'info'>,
  endpoint: string,
  kernel: string | undefined,
): Promise<boolean> {
  if (kernel !== undefined && kernel !== release()) return false;
  if (endpoint.startsWith('unix:')) return true;
  const { Name } = (await asking(endpoint, () => api.info())) as { Name: string };
  return Name === hostname();
}
