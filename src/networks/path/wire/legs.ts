import { type Link, peerIn } from '../../ip.ts';

/**
 * Where the interfaces of a pod lead, by their other ends and not by their names: whoever has the rights inside the pod may
 * give an interface any name.
 */
export interface Legs {
  /** Into networks: the other end is on the host, or at a function. */
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

/** `former`: a function's namespace whose sandbox has ended, and that holds the wire still. */
export type PlaceName = 'host' | 'function' | 'former';

/** The interfaces of the namespaces that a pod's may lead to. */
export interface WireLinks {
  readonly host: readonly Link[];
  readonly function: readonly Link[];
  readonly former: readonly Link[];
  readonly management: readonly Link[];
}

export function legsOf(pod: string, own: readonly Link[], places: WireLinks): Legs {
  const ways: Way[] = [];
  const unguardable: Link[] = [];
  for (const link of own.filter(leadsOut)) {
    if (isManagement(pod, link, places.management)) continue;
    const way = wayOf(link, places);
    if (way) ways.push(way);
    else unguardable.push(link);
  }
  return { ways, unguardable };
}

/** A pod's port on the management bridge bears the pod's name. */
export function isManagement(pod: string, link: Link, management: readonly Link[]): boolean {
  return peerIn(management, link)?.ifalias === pod;
}

/** Of a wire's two ends and the pod's own: the one that is a port of the wire's bridge. */
export function wayOf(own: Link, places: Omit<WireLinks, 'management'>): Way | undefined {
  if (own.linkinfo?.info_kind !== 'veth') return undefined;
  for (const place of ['function', 'host', 'former'] as const) {
    const peer = peerIn(place === 'host' ? places.host : places[place].filter(isInner), own);
    if (peer) return { own, place, peer };
  }
  return undefined;
}

/** In a function's namespace only the inner ends of wires are ends of somebody's interface. */
function isInner({ ifname }: Link): boolean {
  return ifname.startsWith('i-');
}

/**
 * Whether an interface leads out of the namespace that it is in: its other end, or what it stands on, is in another, or it
 * is no virtual one. What a service makes for itself (a bridge, a tunnel over its own interfaces) leads nowhere else.
 */
export function leadsOut({ linkinfo, link_netnsid, link_type }: Link): boolean {
  if (link_type === 'loopback') return false;
  return linkinfo?.info_kind === undefined || link_netnsid !== undefined;
}
