import { createHash } from 'node:crypto';
import ipaddr from 'ipaddr.js';

/** Of all links: an IPv6 unique local prefix (RFC 4193, 3.2), whose global id is of this name. */
const globalId = createHash('sha256').update('heddle wan links').digest().subarray(0, 5);
export const linksNetwork = `${textOf(Buffer.concat([Buffer.of(0xfd), globalId, Buffer.alloc(10)]))}/48`;

/** What a node has on its links: made from its name, so that nobody has to give it out. Pure. */
export function linkAddress(node: string): string {
  const own = createHash('sha256').update(`heddle wan node ${node}`).digest().subarray(0, 10);
  return textOf(Buffer.concat([Buffer.of(0xfd), globalId, own]));
}

function textOf(bytes: Buffer): string {
  return ipaddr.fromByteArray([...bytes]).toString();
}

/** As iproute2 says it; nothing where it is none, is short for one, or is one of an interface alone (`fe80::1%eth0`). Pure. */
export function canonicalAddress(text: string): string | undefined {
  if (ipaddr.IPv4.isValidFourPartDecimal(text)) return text;
  return ipaddr.IPv6.isValid(text) && !text.includes('%') ? ipaddr.IPv6.parse(text).toString() : undefined;
}

const unreachable = ['unspecified', 'broadcast', 'multicast', 'loopback', 'linkLocal', 'ipv4Mapped'];

/** Whether it is one that another node could be found at. Pure. */
export function isReachable(address: string): boolean {
  return canonicalAddress(address) !== undefined && !unreachable.includes(ipaddr.parse(address).range());
}

export type Family = 'inet' | 'inet6';

export function familyOf(address: string): Family {
  return ipaddr.IPv6.isValid(address) ? 'inet6' : 'inet';
}
