import { uplinkOf } from '../between/uplink.ts';
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

/** At the uplink, by IPv4 where it has that. Nothing: this host has no way to the others now. @throws HeddleError ERR_NETWORK */
export async function vtepOf(edge: Pick<NodeEdge, 'uplink'> | undefined): Promise<Vtep | undefined> {
  const uplink = await uplinkOf(edge);
  const family = uplink?.inet === undefined ? 'inet6' : 'inet';
  const address = uplink?.[family];
  if (!uplink || address === undefined) return undefined;
  return { interface: uplink.interface, address, largest: uplink.mtu - overhead[family] };
}
