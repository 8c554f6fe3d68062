import { type AddressedLink, ipJson } from '../ip.ts';
import { host } from '../linux/links.ts';
import type { NodeEdge } from '../nve/node-edge.ts';

/** By which this host reaches the others. */
export interface Uplink {
  readonly interface: string;
  /** Of IPv4, if it has one. */
  readonly inet?: string;
  /** Of IPv6: one for all links, if it has one. */
  readonly inet6?: string;
  readonly mtu: number;
  readonly isEthernet: boolean;
}

interface Route {
  readonly dev?: string;
  /** Of several paths at once. */
  readonly nexthops?: readonly { readonly dev?: string }[];
}

/**
 * That of the edge where the node has an edge, and else the interface of the host's way out. Nothing: there is neither, or it has no
 * address now.
 * @throws HeddleError ERR_NETWORK
 */
export async function uplinkOf(edge: Pick<NodeEdge, 'uplink'> | undefined): Promise<Uplink | undefined> {
  const name = edge?.uplink ?? (await wayOut());
  if (name === undefined) return undefined;
  const links = await ipJson<AddressedLink>(host, ['address', 'show']);
  const link = links.find(({ ifname }) => ifname === name);
  const [inet, inet6] = (['inet', 'inet6'] as const).map(
    (family) =>
      link?.addr_info.find((one) => one.family === family && one.scope === 'global' && isLasting(one))?.local,
  );
  if (!link || (inet === undefined && inet6 === undefined)) return undefined;
  return {
    interface: name,
    mtu: link.mtu,
    isEthernet: link.link_type === 'ether',
    ...(inet !== undefined && { inet }),
    ...(inet6 !== undefined && { inet6 }),
  };
}

/** Whether it can be told to others: not one that goes again, or that is not this host’s yet (ip-address(8)). */
function isLasting({
  temporary,
  deprecated,
  tentative,
  dadfailed,
}: AddressedLink['addr_info'][number]): boolean {
  return ![temporary, deprecated, tentative, dadfailed].includes(true);
}

async function wayOut(): Promise<string | undefined> {
  for (const family of ['-4', '-6']) {
    const [first] = await ipJson<Route>(host, [family, 'route', 'show', 'default']);
    const device = first?.dev ?? first?.nexthops?.[0]?.dev;
    if (device !== undefined) return device;
  }
  return undefined;
}
