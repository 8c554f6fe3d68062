import { host } from '../linux/links.ts';
import { nft } from '../nft.ts';
import { port, type Speaker } from './daemon-file.ts';

/** Of nftables: what keeps strangers from telling this host where endpoints are. */
export const guardTable = 'heddle_routed';

export interface Guard {
  readonly uplink: string;
  /** The other nodes. */
  readonly nodes: readonly Speaker[];
}

/**
 * Text for nft(8) in place of what was there, without a gap: only the other nodes speak BGP with this one, by its uplink; and nobody on
 * a network of Heddle says by BFD that another host lives (RFC 5881, 4). Pure.
 */
export function guardRules({ uplink, nodes }: Guard): string {
  const accept = (['inet', 'inet6'] as const).flatMap((family) => {
    const those = [...new Set(nodes.flatMap((node) => node[family] ?? []))];
    const ip = family === 'inet' ? 'ip' : 'ip6';
    // What was forwarded has passed a router: a pod of another host’s, with that one’s address, is no neighbour (RFC 5082).
    const hops = family === 'inet' ? 'ip ttl 255' : 'ip6 hoplimit 255';
    return those.length === 0
      ? []
      : [`tcp dport ${port} iifname "${uplink}" ${hops} ${ip} saddr { ${those.join(', ')} } accept`];
  });
  const rules = [
    ...accept,
    `tcp dport ${port} iifname != "lo" counter reject with tcp reset`,
    'udp dport { 3784, 3785 } iifname "hb*" counter drop',
  ];
  return [
    `add table inet ${guardTable}`,
    `add chain inet ${guardTable} input { type filter hook input priority raw; policy accept; }`,
    `flush chain inet ${guardTable} input`,
    ...rules.map((rule) => `add rule inet ${guardTable} input ${rule}`),
  ].join('\n');
}

/** @throws HeddleError ERR_NETWORK */
export async function guardRouting(guard: Guard): Promise<void> {
  await nft(host, guardRules(guard));
}

/** Nothing is routed any more. */
export async function unguardRouting(): Promise<void> {
  // To delete what is not there would fail: it is added first.
  await nft(host, `add table inet ${guardTable}\ndelete table inet ${guardTable}`);
}
