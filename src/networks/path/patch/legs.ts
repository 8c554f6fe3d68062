import { type Link, peerIn } from '../../ip.ts';
import { wayPorts } from './names.ts';

/**
 * Where the interfaces of a pod lead, by their other ends and not by their names: whoever has the rights inside the pod may
 * give an interface any name.
 */
export interface Legs {
  /** Into networks: the other end is on the host, or at the patch panel. */
  readonly ways: readonly Way[];
  /** Out of the pod, but nowhere that a function could stand: macvlan, a tunnel's end, a card of the host's own. */
  readonly unguardable: readonly Link[];
}

export interface Way {
  readonly own: Link;
  readonly place: PlaceName;
  /** The other end. */
  readonly peer: Link;
}

export type PlaceName = 'host' | 'patch';

/** The interfaces of the namespaces that a pod's may lead to. */
export interface PatchLinks {
  readonly host: readonly Link[];
  readonly patch: readonly Link[];
  readonly management: readonly Link[];
}

export function legsOf(pod: string, own: readonly Link[], places: PatchLinks): Legs {
  const ways: Way[] = [];
  const unguardable: Link[] = [];
  for (const link of own.filter(leadsOut)) {
    if (isManagement(pod, link, places.management)) continue;
    const way = wayOf(pod, link, places);
    if (way) ways.push(way);
    else unguardable.push(link);
  }
  return { ways, unguardable };
}

/** A pod's port on the management bridge bears the pod's name. */
export function isManagement(pod: string, link: Link, management: readonly Link[]): boolean {
  return peerIn(management, link)?.ifalias === pod;
}

/** At the panel, where many pods' ends may be, each bears a name that says whose interface it is of. */
export function wayOf(
  pod: string,
  own: Link,
  { host, patch }: Pick<PatchLinks, 'host' | 'patch'>,
): Way | undefined {
  if (own.linkinfo?.info_kind !== 'veth') return undefined;
  const { pod: name } = wayPorts({ pod, ifindex: own.ifindex });
  const atPanel = peerIn(
    patch.filter(({ ifname }) => ifname === name),
    own,
  );
  if (atPanel) return { own, place: 'patch', peer: atPanel };
  const onHost = peerIn(host, own);
  return onHost && { own, place: 'host', peer: onHost };
}

/**
 * Whether an interface leads out of the namespace that it is in: its other end, or what it stands on, is in another, or it
 * is no virtual one. What a service makes for itself (a bridge, a tunnel over its own interfaces) leads nowhere else.
 */
export function leadsOut({ linkinfo, link_netnsid, link_type }: Link): boolean {
  if (link_type === 'loopback') return false;
  return linkinfo?.info_kind === undefined || link_netnsid !== undefined;
}
