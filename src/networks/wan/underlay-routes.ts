import ipaddr from 'ipaddr.js';
import { type Family, familyOf } from './addresses.ts';

// Where packets of links leave this host: by tables of routes of their own, so that nothing of the host's is changed. Pure.

/** Routes of what travels on the links; one more for each uplink, of what measures its paths. */
const usedTable = 7300;
/** Of rules in the routing policy database (ip-rule(8)). */
const priority = 7300;
/** Of rules and routes (rtnetlink(7)): says that they are of links, and nobody else's. */
export const linksProtocol = 73;
/** A mark (SO_MARK) on what WireGuard sends. */
export const linkMark = 0x48_574c;

/** An uplink as it is on this host now. */
export interface Uplink {
  readonly name: string;
  readonly address: string;
  /** Bits of the prefix that is reached without a router. */
  readonly prefixLength: number;
  readonly gateway: string | undefined;
  readonly isUp: boolean;
  readonly mtu: number;
}

export interface UsedPath {
  readonly uplink: string;
  readonly remote: string;
}

export interface UnderlayWish {
  /** In the order of the settings. */
  readonly uplinks: readonly Uplink[];
  /** All that may be used. */
  readonly paths: readonly UsedPath[];
  readonly used: readonly UsedPath[];
  /** What tells packets on the links from all others; nothing where none of them takes these routes. */
  readonly isOfLinks: string | undefined;
  readonly livenessPort: number;
}

export interface UnderlayLines {
  /** Words of `ip rule`, after `add` or `del`. */
  readonly rules: readonly string[];
  /** By table: words of `ip route`, after `replace`. */
  readonly routes: ReadonlyMap<number, readonly string[]>;
}

/** What there is to be, of one family. */
export function underlayLines(wish: UnderlayWish, family: Family): UnderlayLines {
  const own = wish.uplinks.filter(({ address }) => familyOf(address) === family);
  if (own.length === 0) return { rules: [], routes: new Map() };
  const tables = own.map((uplink) => ({ uplink, table: usedTable + 1 + wish.uplinks.indexOf(uplink) }));
  const routes = new Map([
    [usedTable, routesTo(wish.used, own)],
    ...tables.map(({ uplink, table }) => {
      const paths = wish.paths.filter((path) => path.uplink === uplink.name);
      return [table, routesTo(paths, own)] as const;
    }),
  ]);
  return {
    rules: [
      ...(wish.isOfLinks === undefined ? [] : [`priority ${priority} ${wish.isOfLinks} lookup ${usedTable}`]),
      ...tables.map(
        ({ uplink, table }) =>
          `priority ${priority + 1} from ${uplink.address} ipproto udp sport ${wish.livenessPort} lookup ${table}`,
      ),
    ],
    routes,
  };
}

/** Tables that Heddle may have made. */
export const ownTables = [0, 1, 2, 3, 4].map((index) => usedTable + index);

function routesTo(paths: readonly UsedPath[], uplinks: readonly Uplink[]): string[] {
  const families = new Set(uplinks.map(({ address }) => familyOf(address)));
  const remotes = paths.map(({ remote }) => remote).filter((remote) => families.has(familyOf(remote)));
  return [
    ...new Set([
      ...paths.flatMap((path) => routeTo(path, uplinks) ?? []),
      // What is for another node and is led nowhere stays here: it is not the host's default route that it takes.
      ...remotes.map((remote) => `unreachable ${remote} metric 4278198272`),
    ]),
  ];
}

/** Words of `ip route`, after `replace`; nothing while the uplink is away. */
function routeTo({ uplink, remote }: UsedPath, uplinks: readonly Uplink[]): string | undefined {
  const from = uplinks.find(({ name, isUp }) => name === uplink && isUp);
  if (!from || familyOf(remote) !== familyOf(from.address)) return undefined;
  const via = from.gateway === undefined || isBeside(from, remote) ? '' : ` via ${from.gateway}`;
  return `${remote}${via} dev ${from.name} src ${from.address}${via === '' ? '' : ' onlink'}`;
}

/** The line that leads one path's packets, and its table. */
export function usedRoute(path: UsedPath, uplinks: readonly Uplink[]): string | undefined {
  const route = routeTo(path, uplinks);
  return route === undefined ? undefined : `${route} proto ${linksProtocol} table ${usedTable}`;
}

/** Whether an address is reached without a router. */
export function isBeside(
  { address, prefixLength }: Pick<Uplink, 'address' | 'prefixLength'>,
  remote: string,
): boolean {
  return ipaddr.parse(remote).match(ipaddr.parse(address), prefixLength);
}
