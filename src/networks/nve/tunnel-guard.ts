import { host } from '../linux/links.ts';
import { nft } from '../nft.ts';

// The kernel takes what comes for a tunnel from anybody, on every interface, and believes who says to have sent it (RFC 7348, 7).
// So a tenant could speak on any network and draw its frames to himself, at this host, or at another with this host's address.

/** Which tunnels are guarded. */
export interface Guarded {
  /** Of nftables, for these alone. */
  readonly table: string;
  /** UDP, on every host. */
  readonly port: number;
}

export interface TunnelGuard {
  readonly uplink: string;
  /** The other hosts, of one family. Without any, nothing is taken at all. */
  readonly peers: readonly string[];
  /** What tells networks apart in there. */
  readonly ids: readonly number[];
}

/**
 * Text for nft(8) in place of what was there, without a gap. It judges what the tunnels would get, whole and after every
 * translation of addresses. A fragment may not say yet which network it is for; no tunnel makes any (RFC 7348, 4.3). Pure.
 */
export function guardRules({ table, port }: Guarded, { uplink, peers, ids }: TunnelGuard): string {
  const ip = peers.some((peer) => peer.includes(':')) ? 'ip6' : 'ip';
  const all = `{ ${peers.join(', ')} }`;
  const here = [
    ...(peers.length > 0 ? [`udp dport ${port} iifname "${uplink}" ${ip} saddr ${all} accept`] : []),
    `udp dport ${port} exthdr frag exists counter drop`,
    ...(ids.length > 0 ? [`udp dport ${port} @th,96,24 { ${ids.join(', ')} } counter drop`] : []),
  ];
  // Networks that are there may not be here. While nobody has said where the others are, anybody may be one.
  const to = peers.length > 0 ? `${ip} daddr ${all} ` : '';
  const there = [`udp dport ${port} iifname != "${uplink}" ${to}counter drop`];
  return [`add table inet ${table}`, ...chain(table, 'input', here), ...chain(table, 'forward', there)].join(
    '\n',
  );
}

function chain(table: string, hook: 'input' | 'forward', rules: readonly string[]): string[] {
  return [
    `add chain inet ${table} ${hook} { type filter hook ${hook} priority raw; policy accept; }`,
    `flush chain inet ${table} ${hook}`,
    ...rules.map((rule) => `add rule inet ${table} ${hook} ${rule}`),
  ];
}

/** @throws HeddleError ERR_NETWORK */
export async function guardTunnels(guarded: Guarded, guard: TunnelGuard): Promise<void> {
  await nft(host, guardRules(guarded, guard));
}

/** There are no tunnels any more. */
export async function unguardTunnels({ table }: Pick<Guarded, 'table'>): Promise<void> {
  // To delete what is not there would fail: it is added first.
  await nft(host, `add table inet ${table}\ndelete table inet ${table}`);
}
