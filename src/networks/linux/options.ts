import ipaddr from 'ipaddr.js';
import type { Of } from '../../lib/schema.ts';
import { text } from '../../lib/schema.ts';
import * as z from '../../lib/zod.ts';
import { switchOption } from './switch.ts';

/** `10.1.0.5/24`, `fd00::5/64`. */
const interfaceAddress = text.max(64).refine(ipaddr.isValidCIDR, 'is no address with a prefix length');
const address = text.max(64).refine(ipaddr.isValid, 'is no IP address');

export const networkOptions = z.strictObject({
  switch: switchOption,
  addresses: z.array(interfaceAddress).max(16).default([]).describe('Of this host on the network.'),
});
export type NetworkOptions = Of<typeof networkOptions>;

const route = z.strictObject({
  to: z.union([z.literal('default'), text.max(64).refine(ipaddr.isValidCIDR, 'is no prefix')]),
  via: address,
});

export const endpointOptions = z.strictObject({
  addresses: z.array(interfaceAddress).max(16).default([]).describe('Of the interface in the namespace.'),
  routes: z.array(route).max(256).default([]).describe('In the namespace, through the interface.'),
  ip: z
    .boolean()
    .default(true)
    .describe(
      'Whether the interface in the namespace speaks IP; else it asks and answers nothing by itself.',
    ),
  isolated: z.boolean().default(false).describe('It reaches endpoints that are not isolated, and no others.'),
  hairpin: z
    .boolean()
    .default(false)
    .describe('What it sends to itself by way of the bridge comes back to it.'),
  led: z
    .boolean()
    .default(false)
    .describe(
      'Its traffic is led through functions: its port stays shut until the outer end of their way has taken its place.',
    ),
});
export type EndpointOptions = Of<typeof endpointOptions>;
