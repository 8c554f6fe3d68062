import { existsSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { HeddleError } from '../../../lib/errors.ts';
import { ipJson, type Link, type Namespace } from '../../ip.ts';
import { host } from '../../linux/links.ts';
import { functionNamespace, managementNamespace } from '../../namespaces.ts';
import type { PlaceName, WireLinks } from './legs.ts';

/** A pod that traffic is led through, and the pod whose traffic it is. Process ids of their sandboxes. */
export interface WireEnds {
  readonly project: string;
  readonly pod: string;
  readonly pid: number;
  readonly function: string;
  readonly functionPid: number;
}

/** All that is seen of a pod and its function at one time. */
export interface Scene {
  readonly own: readonly Link[];
  readonly places: WireLinks;
  /** The namespace under the function's name, when it is no longer the one its sandbox lives in. */
  readonly former: Namespace | undefined;
}

/** `onHost`: what is read of the interfaces of the host. */
export async function look(
  ends: Pick<WireEnds, 'project' | 'pid'> & Partial<WireEnds>,
  onHost: () => Promise<readonly Link[]> = () => linksIn(host),
): Promise<Scene> {
  const { functionPid, function: fn } = ends;
  const former =
    fn !== undefined && functionPid !== undefined ? await formerNamespace(fn, functionPid) : undefined;
  const [own, ofHost, inFunction, inFormer, management] = await Promise.all([
    linksIn({ pid: ends.pid }),
    onHost(),
    functionPid === undefined ? [] : linksIn({ pid: functionPid }),
    former ? linksIn(former) : [],
    linksUnder(managementNamespace(ends.project)),
  ]);
  return { own, places: { host: ofHost, function: inFunction, former: inFormer, management }, former };
}

export function linksIn(namespace: Namespace): Promise<Link[]> {
  return ipJson<Link>(namespace, ['link', 'show']);
}

export function namespaceOf(ends: WireEnds, place: PlaceName): Namespace {
  if (place === 'host') return host;
  return place === 'former' ? { name: functionNamespace(ends.function) } : { pid: ends.functionPid };
}

/** Where a function's namespace has its name, while it has one. */
export function pathOf(fn: string): string {
  return `/run/netns/${functionNamespace(fn)}`;
}

async function linksUnder(name: string): Promise<Link[]> {
  return existsSync(`/run/netns/${name}`) ? linksIn({ name }) : [];
}

async function formerNamespace(fn: string, functionPid: number): Promise<Namespace | undefined> {
  const named = await stat(pathOf(fn)).catch(() => undefined);
  const current = await stat(`/proc/${functionPid}/ns/net`).catch((cause) => {
    throw new HeddleError('ERR_NETWORK', `${fn}: the process ${functionPid} of its sandbox has ended`, {
      cause,
    });
  });
  return named && named.ino !== current.ino ? { name: functionNamespace(fn) } : undefined;
}
