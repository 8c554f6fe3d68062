import { familyOf } from './addresses.ts';
import type { Choice } from './choose.ts';
import type { OwnKeys } from './key-store.ts';
import { type KeyPair, sharedKeys } from './keys.ts';
import type { LinkEnd } from './link-end.ts';
import type { LinkKind, TunnelPeer, TunnelWish } from './link-kind.ts';
import type { PathReport, Watch, WatchedPath } from './liveness/messages.ts';
import { leastMtu } from './liveness/mtu-search.ts';
import { type Path, pathsBetween } from './paths.ts';
import type { WanSettings } from './settings.ts';
import { isBeside, type Uplink } from './underlay-routes.ts';

// What there is to be of the links, from what all nodes have said and what was measured. Pure.

/** A link to another node. */
export interface Link {
  readonly node: string;
  readonly end: LinkEnd;
  readonly paths: readonly Path[];
  readonly choice: Choice;
}

export interface Surroundings {
  readonly here: string;
  readonly settings: WanSettings;
  readonly kind: LinkKind;
  readonly keys: OwnKeys;
  readonly uplinks: readonly Uplink[];
  readonly reports: ReadonlyMap<number, PathReport>;
}

/** The paths to another node; none to one whose links are of another kind, or that is not on this node's Ethernet where that is needed. */
export function pathsTo(
  { here, kind, uplinks }: Pick<Surroundings, 'here' | 'kind' | 'uplinks'>,
  own: LinkEnd,
  node: string,
  end: LinkEnd,
): Path[] {
  if (end.kind !== kind.name) return [];
  // Others may find this node at another address than it has, behind a translator of them.
  return pathsBetween({ node: here, end: own }, { node, end }).flatMap((path) => {
    const uplink = uplinks.find(({ name }) => name === path.uplink);
    if (kind.isOnEthernet && !(uplink && isBeside(uplink, path.remote))) return [];
    return { ...path, local: uplink?.address ?? path.local };
  });
}

export function chosenPath({ paths, choice }: Pick<Link, 'paths' | 'choice'>): Path | undefined {
  return paths.find(({ id }) => id === choice.path);
}

/**
 * By which path packets leave for each address: those that no link uses now have a way, too, so that a link that changes to one finds
 * it.
 */
export function ledPaths(links: readonly Link[]): Path[] {
  const used = links.flatMap((link) => chosenPath(link) ?? []);
  const all = [...links.flatMap(({ paths }) => paths).reverse(), ...used];
  return [...new Map(all.map((path) => [path.remote, path])).values()];
}

export function tunnelWish(around: Surroundings, own: LinkEnd, links: readonly Link[]): TunnelWish {
  const { settings, keys } = around;
  return {
    interface: settings.interface,
    address: own.address,
    port: settings.port,
    mtu: interfaceMtu(around),
    privateKey: keys.current.privateKey,
    uplinks: around.uplinks.map(({ name }) => name),
    peers: links.filter(({ paths }) => paths.length > 0).map((link) => tunnelPeer(around, link)),
  };
}

/** What the smallest of the uplinks has room for: what runs over links is to fit whichever is used. */
function interfaceMtu({ uplinks, kind }: Pick<Surroundings, 'uplinks' | 'kind'>): number {
  if (uplinks.length === 0) return leastMtu;
  const sizes = uplinks.map(({ address, mtu }) => mtu - kind.overhead[familyOf(address)]);
  return Math.max(leastMtu, Math.min(...sizes));
}

export function tunnelPeer(
  around: Pick<Surroundings, 'kind' | 'reports' | 'uplinks'>,
  link: Link,
): TunnelPeer {
  const { node, end, paths } = link;
  const { kind, reports } = around;
  const path = chosenPath(link);
  return {
    node,
    address: end.address,
    port: end.port,
    keys: end.keys,
    remotes: paths.map(({ remote }) => remote),
    path,
    mtu: Math.min(interfaceMtu(around), linkMtu(kind, path, path && reports.get(path.id))),
  };
}

/** Bytes of a packet of IP on a link; until it is known what its path takes, the least that IPv6 works with. */
function linkMtu({ overhead }: LinkKind, path: Path | undefined, report: PathReport | undefined): number {
  if (!path || report?.mtu === undefined) return leastMtu;
  return Math.max(leastMtu, report.mtu - overhead[familyOf(path.remote)]);
}

export function watchOf({ settings, keys, uplinks }: Surroundings, links: readonly Link[]): Watch {
  const paths = links.flatMap(({ paths, end, choice }) => {
    const { sends, hears } = macKeys(keys, end);
    return paths.map(
      ({ id, local, remote, uplink }): WatchedPath => ({
        id,
        local,
        remote,
        remotePort: end.livenessPort,
        most: uplinks.find(({ name }) => name === uplink)?.mtu ?? leastMtu,
        sends,
        hears,
        used: choice.path ?? 0,
      }),
    );
  });
  return { port: settings.livenessPort, paths };
}

/** While one of the two changes its key, both the old and the new one are heard. */
function macKeys(keys: OwnKeys, { keys: other }: LinkEnd) {
  const own: KeyPair[] = [keys.current, ...(keys.next ? [keys.next] : [])];
  const others = [other.current, ...(other.next === undefined ? [] : [other.next])];
  return {
    sends: sharedKeys(keys.current, other.current).sends,
    hears: own.flatMap((one) => others.map((key) => sharedKeys(one, key).hears)),
  };
}
