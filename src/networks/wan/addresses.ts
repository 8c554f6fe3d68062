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

export type Family = 'inet' | 'inet6';

export function familyOf(address: string): Family {
  return ipaddr.IPv6.isValid(address) ? 'inet6' : 'inet';
}
