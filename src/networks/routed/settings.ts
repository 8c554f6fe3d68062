import { integer, type Of } from '../../lib/schema.ts';
import * as z from '../../lib/zod.ts';
import { saidAddress } from '../between/said.ts';

/** Of 32 bits (RFC 6793). */
export const asNumber = integer.min(1).max(4_294_967_294);

const router = z.strictObject({
  address: saidAddress.describe('On a link of this host.'),
  as: asNumber.describe('Its autonomous system.'),
});

/** How this node tells others which endpoints are here. */
export const routingSettings = z.strictObject({
  as: asNumber
    .default(64_512)
    .describe('The autonomous system of this node: one that is nobody’s (RFC 6996).'),
  routers: z
    .array(router)
    .max(16)
    .default([])
    .describe(
      'Routers of the physical network that it speaks BGP with, at port 179, instead of speaking with each other node: what several of them lead to goes by all of them.',
    ),
});
export type RoutingSettings = Of<typeof routingSettings>;
