import { contentHash } from '../../../lib/hash.ts';
import { type Link, peerIn } from '../../ip.ts';
import { aliasOf, endpointIdOf, endpointIn, isBridgeName, isOwn, portName } from '../../linux/names.ts';
import { ovsPort } from '../host-links.ts';
import type { PatchLinks, Way } from './legs.ts';
import { acrossFrom } from './names.ts';

// The port of a switch of the host at which a way begins. Pure.

/**
 * What a port on the host is called. That of an endpoint of Heddle's has the endpoint's name and mark whether it leads to the
 * pod or to the panel: whose network it is looks after it alike. The panel's port on one of an engine's has a name of its
 * own, since the engine finds its interfaces by their names.
 */
export interface PortName {
  readonly name: string;
  /** Proof of whose it is. */
  readonly alias: string;
  /** Its id, if it is an endpoint's. */
  readonly endpoint?: string;
}

/** A bridge of the kernel, or one of Open vSwitch. */
export interface Switch {
  readonly bridge: string;
  readonly isOvs: boolean;
}

/** Name of the end on the host of a link to the panel, unless it has an endpoint's; at most 15 characters. */
export function wireEndName(pod: string, end: number | string): string {
  return `hdl${contentHash(`${pod} ${end}`).slice(0, 11)}`;
}

/** Whose that is, and where it is to be. */
function wireEndMark(pod: string, { ifindex }: Pick<Link, 'ifindex'>, bridge: string | undefined): string {
  return `heddle ${pod} ${ifindex}${bridge === undefined ? '' : ` ${bridge}`}`;
}

/** What the end on the host of a link to the panel is called while it waits, and what once it is the port. `before`: the port so far. */
export function outsideNames(
  pod: string,
  own: Pick<Link, 'ifindex'>,
  original: string,
  bridge: string | undefined,
  before: Link | undefined,
): { readonly waiting: PortName; readonly port: PortName } {
  const waiting = { name: wireEndName(pod, own.ifindex), alias: wireEndMark(pod, own, bridge) };
  const endpoint = endpointIdOf(original);
  return { waiting, port: endpoint === undefined ? waiting : endpointName(original, endpoint, before) };
}

/** Its mark is the one that its owner has made; else as much of that as proves whose it is. */
export function endpointName(name: string, endpoint: string, before: Link | undefined): PortName {
  const alias = before?.ifalias;
  const isMarked = alias !== undefined && isOwn(alias, endpoint);
  return { name, alias: isMarked ? alias : aliasOf('endpoint', endpoint), endpoint };
}

/** The name that the pod's end of a way has on the host, or had; nothing: nobody knows any more. */
export function originalName({ place, peer }: Way): string | undefined {
  return place === 'host' ? peer.ifname : innerMark(peer).original;
}

interface InnerMark {
  readonly pod?: string;
  /** The name that it has on the host. */
  readonly original?: string;
  /** Where it was a port. */
  readonly bridge?: string;
}

/** What is kept at the pod's end at the panel, for the way back. */
export function innerMark({ ifalias = '' }: Link): InnerMark {
  const [pod, , original, bridge] = ifalias.split(' ');
  const endpoint = endpointIn(ifalias);
  // It was moved, and nothing more, when the node was killed.
  if (endpoint !== undefined) return { original: portName(endpoint) };
  return {
    ...(pod !== undefined && { pod }),
    ...(original !== undefined && { original }),
    ...(bridge !== undefined && { bridge }),
  };
}

export function innerMarkOf(
  pod: string,
  { ifindex }: Pick<Link, 'ifindex'>,
  original: string,
  bridge: string | undefined,
): string {
  return [pod, ifindex, original, bridge].filter((word) => word !== undefined).join(' ');
}

type Places = Pick<PatchLinks, 'host' | 'patch'>;

/** The port on the host behind which a way begins. */
export function endOnHost({ place, peer }: Way, places: Places): Link | undefined {
  return place === 'host' ? peer : portBehind(peer, places);
}

/** The same by the pod's end at the panel. */
export function portBehind(podEnd: Link, { host, patch }: Places): Link | undefined {
  const switchEnd = switchEndOf(podEnd, patch);
  return switchEnd && peerIn(host, switchEnd);
}

/** The end at the panel that leads to the switch, of the way that a pod's end is of. */
export function switchEndOf({ ifname }: Link, patch: readonly Link[]): Link | undefined {
  return patch.find((link) => link.ifname === acrossFrom(ifname));
}

/** Where a way leads to. */
export function switchOfWay(way: Way, places: Places): Switch | undefined {
  const { bridge } = innerMark(way.peer);
  return switchOf(endOnHost(way, places), places.host, bridge);
}

/** What a port is one of, or, where an insertion or a removal was cut short, is to be: `bridge` if nothing else says it. */
export function switchOf(
  port: Link | undefined,
  onHost: readonly Link[],
  bridge?: string,
): Switch | undefined {
  const { info_slave_kind: kind } = port?.linkinfo ?? {};
  if (port?.master !== undefined && (kind === 'bridge' || kind === ovsPort))
    return { bridge: port.master, isOvs: kind === ovsPort };
  const [, , , said] = port?.ifname.startsWith('hdl') ? (port.ifalias ?? '').split(' ') : [];
  const name = said ?? bridge;
  if (name === undefined) return undefined;
  const there = onHost.find(({ ifname }) => ifname === name);
  if (there?.linkinfo?.info_kind === 'bridge') return { bridge: name, isOvs: false };
  return isBridgeName(name) ? { bridge: name, isOvs: true } : undefined;
}

/** Whether a way leads over the panel, from the port of its switch on. */
export function isPlugged({ place, peer }: Way, places: Places): boolean {
  if (place !== 'patch') return false;
  const port = portBehind(peer, places);
  const { original = '' } = innerMark(peer);
  if (endpointIdOf(original) === undefined) return port?.master !== undefined;
  // That an endpoint's is a port of its switch, its owner sees to; not that it is open.
  return port?.ifname === original && port.flags.includes('UP');
}

/** A port is hairpin, or isolated, where the one was whose place it takes. */
export function asPortLike(name: string, before: Link | undefined): string[] {
  const { hairpin, isolated } = before?.linkinfo?.info_slave_data ?? {};
  const like = [...(hairpin ? ['hairpin on'] : []), ...(isolated ? ['isolated on'] : [])];
  return like.length > 0 ? [`link set ${name} type bridge_slave ${like.join(' ')}`] : [];
}
