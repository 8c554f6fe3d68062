import ipaddr from 'ipaddr.js';
import type { PortMatch } from '../../descriptor/chain.ts';

// Which frames of a pod's way are of which chain. Pure.

/** A chain as far as frames are told by it. */
export interface ChainMatch {
  /** Whether `ports` are of the pod at the other end. */
  readonly side: 'from' | 'to';
  /** Empty: everything. */
  readonly ports: readonly PortMatch[];
  readonly peer: Peer;
}

/** Who is at the other end: at addresses, by the bridge of a network; all on a network but its gateway; or behind gateways. */
export type Peer =
  | { readonly kind: 'addresses'; readonly byBridge: Readonly<Record<string, readonly PeerAddress[]>> }
  | { readonly kind: 'network'; readonly bridge: string }
  | { readonly kind: 'outside' };

/** Where somebody is. */
export interface PeerAddress {
  readonly mac: string;
  readonly ips: readonly string[];
}

/** The network that a way leads to. */
export interface WayNetwork {
  readonly bridge: string;
  /** Its addresses with the lengths of their networks: `10.89.0.1/24`. Absent: it has none. */
  readonly gateway?: PeerAddress;
  /** Where the pod is there. Absent: it has no address. */
  readonly own?: PeerAddress;
}

export interface Selection {
  /** Prefixes of addresses: the chains that whoever is in one is of, a bit each. The longest counts. */
  readonly peers: readonly PeerEntry[];
  /** The first that fits counts. */
  readonly rules: readonly SelectionRule[];
}

export interface PeerEntry {
  /** 16 bytes, of IPv4 mapped (RFC 4291, 2.5.5.2). */
  readonly address: readonly number[];
  /** Bits of it, up to 128. */
  readonly length: number;
  readonly chains: bigint;
}

export interface SelectionRule {
  /** By its place among the chains. */
  readonly chain: number;
  /** As IP has them; 0: any. */
  readonly protocol: number;
  readonly from: number;
  readonly to: number;
  readonly atPeer: boolean;
}

const protocols = { tcp: 6, udp: 17 } as const;
/** At one pod: chains are bits of a number, and dataplane/patch.bpf.c reads no more rules. */
const most = { chains: 64, rules: 256 } as const;

/** Whether the kernel can tell them from each other. */
export function areTellable(chains: readonly ChainMatch[]): boolean {
  return chains.length <= most.chains && chains.flatMap(rulesOf).length <= most.rules;
}

/** What is said to all on a link, or to routers, is nobody's beyond it (RFC 1122, 3.2.1.3; RFC 4291, 2.5.6 and 2.7). */
const ofTheLink = ['0.0.0.0/8', '224.0.0.0/4', '255.255.255.255/32', '::/128', 'ff00::/8'];
/** Whose these are nobody says: they may be of anybody on the link. */
const linkLocal = ['169.254.0.0/16', 'fe80::/10'];
/** Everybody of a family. */
const everybody = { ipv4: '0.0.0.0/0', ipv6: '::/0' } as const;

/** Chains in the order of the file: of two that a frame could be of, it is of the first. */
export function selectionOf(chains: readonly ChainMatch[], network: WayNetwork): Selection {
  const bits = new Map<string, bigint>();
  const add = (cidr: string, more: bigint) => bits.set(cidr, (bits.get(cidr) ?? 0n) | more);
  const maskOf = (isOf: (peer: Peer) => boolean) =>
    chains.reduce((mask, { peer }, at) => (isOf(peer) ? mask | bit(at) : mask), 0n);
  const outside = maskOf(({ kind }) => kind === 'outside');
  const here = maskOf((peer) => peer.kind === 'network' && peer.bridge === network.bridge);
  const onLink = maskOf(({ kind }) => kind === 'addresses') | here;
  for (const cidr of linkLocal) add(cidr, onLink);
  add(hardware('00:00:00:00:00:00', 0), here);
  if (network.gateway) add(hardware(network.gateway.mac), outside);
  // Where a family has no gateway, nobody of it is outside.
  for (const cidr of network.gateway?.ips ?? []) {
    const [address] = ipaddr.parseCIDR(cidr);
    add(everybody[address.kind()], outside);
    add(networkOf(cidr), here);
    add(`${address.toString()}/${address.kind() === 'ipv4' ? 32 : 128}`, outside);
  }
  for (const cidr of ofTheLink) add(cidr, 0n);
  for (const [at, { peer }] of chains.entries()) {
    if (peer.kind !== 'addresses') continue;
    for (const { mac, ips } of peer.byBridge[network.bridge] ?? []) {
      for (const address of ips) add(`${address}/${address.includes(':') ? 128 : 32}`, here | bit(at));
      add(hardware(mac), here | bit(at));
    }
  }
  return {
    peers: [...bits].map(([cidr, mask]) => ({ ...mapped(cidr), chains: mask })),
    rules: chains.flatMap(rulesOf),
  };
}

function rulesOf({ ports, side }: ChainMatch, chain: number): SelectionRule[] {
  if (ports.length === 0) return [{ chain, protocol: 0, from: 0, to: 0, atPeer: false }];
  return ports.map(({ protocol, from, to }) => ({
    chain,
    protocol: protocols[protocol],
    from,
    to,
    atPeer: side === 'from',
  }));
}

function bit(at: number): bigint {
  return 1n << BigInt(at);
}

/** A hardware address as an address of IPv6 has it, behind ten bytes of ones. */
function hardware(mac: string, length = 48): string {
  const words = mac.replaceAll(':', '').match(/.{4}/g) ?? [];
  return `ffff:ffff:ffff:ffff:ffff:${words.join(':')}/${80 + length}`;
}

function networkOf(cidr: string): string {
  const [address, length] = ipaddr.parseCIDR(cidr);
  const network =
    address.kind() === 'ipv4'
      ? ipaddr.IPv4.networkAddressFromCIDR(cidr)
      : ipaddr.IPv6.networkAddressFromCIDR(cidr);
  return `${network.toString()}/${length}`;
}

function mapped(cidr: string): Pick<PeerEntry, 'address' | 'length'> {
  const [address, length] = ipaddr.parseCIDR(cidr);
  return address instanceof ipaddr.IPv4
    ? { address: address.toIPv4MappedAddress().toByteArray(), length: length + 96 }
    : { address: address.toByteArray(), length };
}
