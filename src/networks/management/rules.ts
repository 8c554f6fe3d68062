import ipaddr from 'ipaddr.js';
import { hexOf } from '../nft.ts';

/** A port of the management bridge, and whose it is. */
export interface PortIdentity {
  readonly port: string;
  readonly mac: string;
  /** IPv6. */
  readonly address: string;
}

const discovery = 'icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert }';

/**
 * The rules that let a port of the management bridge speak as the pod it belongs to, and as nobody else: who reports what a
 * probe saw is that probe's pod. Everything that is not IPv6 from the pod's own address is dropped, and neighbour discovery
 * says nothing of others (RFC 4861, 4.3 and 4.4). May be loaded again; the rules of other ports stay.
 */
export function portRules({ port, mac, address }: PortIdentity): string {
  const own = hexOf(ipaddr.parse(address).toByteArray());
  const chain = `bridge heddle ${port}`;
  return `${[
    'add table bridge heddle',
    'add counter bridge heddle spoofed',
    'add map bridge heddle ports { type ifname : verdict; }',
    'add chain bridge heddle prerouting { type filter hook prerouting priority -300; policy drop; }',
    'flush chain bridge heddle prerouting',
    'add rule bridge heddle prerouting iifname vmap @ports',
    'add rule bridge heddle prerouting counter name spoofed drop',
    `add chain ${chain}`,
    `flush chain ${chain}`,
    `add rule ${chain} ether saddr != ${mac} counter name spoofed drop`,
    `add rule ${chain} ether type != ip6 counter name spoofed drop`,
    `add rule ${chain} ip6 saddr != ${address} counter name spoofed drop`,
    `add rule ${chain} icmpv6 type nd-neighbor-advert @th,64,128 != ${own} counter name spoofed drop`,
    `add rule ${chain} ${discovery} ip6 length > 32 counter name spoofed drop`,
    `add rule ${chain} ${discovery} ip6 length 32 @th,208,48 != 0x${mac.replaceAll(':', '')} counter name spoofed drop`,
    `add rule ${chain} accept`,
    `add element bridge heddle ports { "${port}" : goto ${port} }`,
  ].join('\n')}\n`;
}
