/** The proxy of one endpoint, as it should be. */
export interface SidecarPlan {
  /** Of the endpoint, 12 hex digits. */
  readonly id: string;
  readonly name: string;
  readonly namespace: { readonly path: string; readonly inode?: number | undefined };
  /** What the endpoint’s interface is called in there. */
  readonly interface: string;
  /** Its own, without lengths; one of a family at most. */
  readonly addresses: readonly string[];
  /** Of the network, as CIDR. */
  readonly subnets: readonly string[];
  /** Of hosts on the network, which speak with endpoints as they are: they have no proxy, and lead in who comes from outside. */
  readonly hosts: readonly string[];
  readonly udp: 'refused' | 'plain';
}

/** TCP: where what the endpoint says is taken, and where what others say to it comes in. As Istio has them. */
export const ports = { out: 15_001, in: 15_008 } as const;

export function isIpv6(address: string): boolean {
  return address.includes(':');
}

/** What marks packets that are the proxy’s, and the number of the table that leads them to it. */
export function markOf(id: string): number {
  return 0x1000_0000 + (Number.parseInt(id.slice(-7), 16) & 0x0fff_ffff);
}
