import ipaddr from 'ipaddr.js';
import { nameRules } from '../../lib/names.ts';
import { integer, type Of, optional, text } from '../../lib/schema.ts';
import * as z from '../../lib/zod.ts';
import { switchOption } from '../linux/switch.ts';
import { resourceName } from '../standard/network.ts';

const address = text.max(64).refine(ipaddr.isValid, 'is no IP address');
const prefix = text.max(64).refine(ipaddr.isValidCIDR, 'is no prefix, such as 10.1.0.0/24');

const subnet = z.strictObject({
  subnet: prefix,
  gateway: optional(address).describe('Of this host in it. Default: the first address.'),
  range: optional(prefix).describe('What addresses are chosen from. Default: all of the subnet.'),
});

export const networkOptions = z.strictObject({
  subnets: z
    .array(subnet)
    .max(8)
    .default([])
    .describe('Default: one that nobody has, and with `ipv6` one of each family.'),
  switch: switchOption,
  uplink: optional(text.regex(nameRules.interface, 'is no name of an interface: at most 15 bytes')).describe(
    'An interface of this host that leads elsewhere, such as a bond, and becomes the network’s: whoever is on the network is on what is behind it. Default: none.',
  ),
  ipv6: z.boolean().default(false),
  internal: z.boolean().default(false).describe('Nothing comes in from outside, and nothing goes there.'),
  names: z.boolean().default(true).describe('Endpoints find each other by their names and aliases.'),
  routed: z
    .boolean()
    .default(false)
    .describe(
      'Some of its addresses are on other hosts, where routes of this one lead: between them packets keep their addresses, and come in and go out.',
    ),
  dhcp: z
    .union([z.boolean(), z.enum(['dnsmasq', 'kea'])])
    .default(false)
    .describe(
      'Whoever asks gets the address that its endpoint has; of which server. `true`: of dnsmasq. `kea` answers IPv4 on a bridge of the kernel, and dnsmasq IPv6.',
    ),
});
export type NetworkOptions = Of<typeof networkOptions>;

/** RFC 1123, 2.1, and `_`, which Compose has in names of services. */
const dnsName = text.regex(/^[a-zA-Z0-9_]([a-zA-Z0-9_.-]{0,251}[a-zA-Z0-9_])?$/, 'is no DNS name');

const published = z.strictObject({
  port: integer.min(1).max(65_535).describe('Of the endpoint.'),
  published: optional(integer.min(1).max(65_535)).describe('Of this host. Default: one that nobody has.'),
  protocol: z.enum(['tcp', 'udp', 'sctp']).default('tcp'),
  address: optional(address).describe('Of this host. Default: all that it has.'),
  held: optional(z.boolean()).describe(
    'Whoever runs the endpoint listens there only to keep others away: it is meant to hear nothing.',
  ),
});
export type Published = Of<typeof published>;

export const endpointOptions = z.strictObject({
  addresses: z.array(address).max(8).default([]).describe('Default: one of each subnet that nobody has.'),
  aliases: z
    .array(dnsName)
    .max(64)
    .default([])
    .describe('Names besides its own, which others may have as well.'),
  dns: z
    .array(address)
    .max(8)
    .default([])
    .describe('Name servers that are asked what its network does not know. Default: those of this host.'),
  namesOf: z
    .array(resourceName)
    .max(32)
    .default([])
    .describe('Other networks of this node whose names it finds as well: whoever it is for is on them, too.'),
  defaultRoute: z.boolean().default(true).describe('Its way out leads through this network.'),
  ports: z.array(published).max(1024).default([]),
  led: z
    .boolean()
    .default(false)
    .describe('Its traffic is led through functions: nothing passes until somebody leads it.'),
});
export type EndpointOptions = Of<typeof endpointOptions>;
