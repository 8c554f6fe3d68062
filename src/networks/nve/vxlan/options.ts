import ipaddr from 'ipaddr.js';
import { integer, type Of, optional, text } from '../../../lib/schema.ts';
import * as z from '../../../lib/zod.ts';

const address = text.max(64).refine(ipaddr.isValid, 'is no IP address');

/** Assigned by IANA (RFC 7348, 8). */
const assignedPort = 4789;

export const vxlanOptions = z.strictObject({
  peers: optional(
    z
      .array(address)
      .min(1)
      .max(256)
      .refine((all) => new Set(all.map(familyOf)).size === 1, 'are of two families: IPv4 or IPv6'),
  ).describe(
    'Addresses of the nodes, all of one family. One’s own may be among them. Default: those of the nodes that share an etcd.',
  ),
  local: optional(address).describe(
    'One’s own. Default: the first of the uplink’s of the family of `peers`, and of IPv4 without them.',
  ),
  port: integer.min(1).max(65_535).default(assignedPort).describe('UDP, the same on every node.'),
});
export type VxlanOptions = Of<typeof vxlanOptions>;

export type Family = 'inet' | 'inet6';

export function familyOf(ip: string): Family {
  return ipaddr.IPv6.isValid(ip) ? 'inet6' : 'inet';
}

/** What frames travel over. */
export function familyIn({ peers, local }: VxlanOptions): Family {
  return familyOf(peers?.[0] ?? local ?? '0.0.0.0');
}

/** Two texts of one address are one: `fd00::1`, `fd00:0::1`. */
export function canonical(ip: string): string {
  return ipaddr.parse(ip).toString();
}
