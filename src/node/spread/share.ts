import { readFile } from 'node:fs/promises';
import type { DownRequest, UpRequest } from '../../api/messages.ts';
import { scopeOf } from '../../deploy/scope.ts';
import { HeddleError } from '../../lib/errors.ts';
import { sizeText } from '../../lib/size-text.ts';
import type { DeploymentSpec, MountSpec } from '../../selector/spec.ts';
import { nodesOf, type Placement, servicesOn } from './placement.ts';
import { farImages, sliceOf } from './slice.ts';

/** Bytes of a file that goes to another node: what engines take of a secret or a config (Docker: 500 kB), and some more. */
const most = 1 << 20;

/** What each node is asked for: those that have nothing to do are left out. Pure. */
export function shares(request: UpRequest, placement: Placement): ReadonlyMap<string, UpRequest> {
  const { spec, services = [], empty = [] } = request;
  const chosen = services.length === 0 ? undefined : scopeOf(spec, undefined, request).chosen;
  const all = Object.keys(placement);
  const share = (node: string): [string, UpRequest][] => {
    const own = servicesOn(placement, node);
    const named = chosen && own.filter((service) => chosen.has(service));
    if (named?.length === 0) return [];
    const others = all.filter((service) => !own.includes(service));
    const part = { ...request, spec: sliceOf(spec, placement, node), empty: [...empty, ...others] };
    // What they depend on is among them already.
    return [[node, named ? { ...part, services: named, noDeps: true } : part]];
  };
  return new Map(nodesOf(placement).flatMap(share));
}

/** What each node takes down of it. `nodes`: all that have something. Pure. */
export function downShares(
  request: DownRequest,
  placement: Placement,
  nodes: readonly string[],
): ReadonlyMap<string, DownRequest> {
  const { services = [], file, ...rest } = request;
  if (services.length === 0) return new Map(nodes.map((node) => [node, file ? { ...rest, file } : rest]));
  return new Map(
    nodes.flatMap((node): [string, DownRequest][] => {
      const own = servicesOn(placement, node);
      const named = services.filter((service) => own.includes(service));
      return named.length === 0 ? [] : [[node, { ...rest, services: named }]];
    }),
  );
}

/**
 * The same for a node that has not the files of this one.
 * @throws HeddleError ERR_FILE_NOT_FOUND, ERR_FILE_TOO_LARGE
 */
export async function sent<Request extends { readonly spec: DeploymentSpec }>(
  request: Request,
): Promise<Request> {
  const { spec } = request;
  const pods = await Promise.all(
    spec.pods.map(async (pod) => ({
      ...pod,
      containers: await Promise.all(
        pod.containers.map(async (container) => ({
          ...container,
          mounts: await Promise.all(container.mounts.map(withContent)),
        })),
      ),
    })),
  );
  const whole: DeploymentSpec = { ...spec, images: farImages(spec.images), pods };
  return { ...request, spec: whole };
}

async function withContent(mount: MountSpec): Promise<MountSpec> {
  if (mount.type !== 'file' || !('file' in mount.content)) return mount;
  const { file } = mount.content;
  const bytes = await readFile(file).catch((cause: Error) => {
    throw new HeddleError('ERR_FILE_NOT_FOUND', `${file}: ${cause.message}`, { cause });
  });
  const inline = bytes.toString('utf8');
  if (bytes.length > most)
    throw new HeddleError('ERR_FILE_TOO_LARGE', `${file} has more than ${sizeText(most)}`);
  if (!Buffer.from(inline).equals(bytes))
    throw new HeddleError('ERR_PLACE_IMPOSSIBLE', `${file} is no text, and is not sent to another node`, {
      hint: 'put it into an image, or on a volume of that node',
    });
  return { ...mount, content: { inline } };
}
