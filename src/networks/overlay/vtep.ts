import { type AddressedLink, ipJson } from '../ip.ts';
import { host } from '../linux/links.ts';
import type { NodeEdge } from '../nve/node-edge.ts';

/** Where this host's ends of tunnels are (VXLAN tunnel endpoint). */
export interface Vtep {
  readonly interface: string;
  readonly address: string;
  /** Bytes of the largest packet that a network may have to pass the interface. */
  readonly largest: number;
}

/** Bytes of the headers around a packet: Ethernet, VXLAN, UDP, IP (RFC 7348, 5). */
const overhead = { inet: 14 + 8 + 8 + 20, inet6: 14 + 8 + 8 + 40 } as const;

interface Route {
  readonly dev?: string;
}

/**
 * By the edge's uplink where the node has an edge, and by the host's way out where it has none. Nothing: there is neither, or it has no
 * address now.
 * @throws HeddleError ERR_NETWORK
 */
export async function vtepOf(edge: Pick<NodeEdge, 'uplink'> | undefined): Promise<Vtep | undefined> {
  const name = edge?.uplink ?? (await wayOut());
  if (name === undefined) return undefined;
  const links = await ipJson<AddressedLink>(host, ['address', 'show']);
  const link = links.find(({ ifname }) => ifname === name);
  for (const family of ['inet', 'inet6'] as const) {
    const found = link?.addr_info.find((one) => one.family === family && one.scope === 'global');
    if (link && found) return { interface: name, address: found.local, largest: link.mtu - overhead[family] };
  }
  return undefined;
}

async function wayOut(): Promise<string | undefined> {
  const [first] = await ipJson<Route>(host, ['route', 'show', 'default']);
  return first?.dev;
}
