import { type Of, optional } from '../../lib/schema.ts';
import * as z from '../../lib/zod.ts';
import * as ip from '../ip/options.ts';
import { controllerTarget } from '../linux/switch.ts';

export const networkOptions = ip.networkOptions.omit({ switch: true, routed: true }).extend({
  dhcp: z.boolean().default(false).describe('Whoever asks gets the address that its endpoint has.'),
  controller: optional(controllerTarget).describe(
    'Who says what the switch does: `tcp:10.0.0.9:6653`. Default: Heddle’s own.',
  ),
});
export type NetworkOptions = Of<typeof networkOptions>;

export const endpointOptions = ip.endpointOptions.extend({
  learning: optional(z.boolean()).describe(
    'Whether others may be behind it, whose addresses are learned. Default: only behind an interface of this host.',
  ),
});
export type EndpointOptions = Of<typeof endpointOptions>;
