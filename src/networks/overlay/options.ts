import { integer, type Of, optional } from '../../lib/schema.ts';
import * as ip from '../ip/options.ts';

/** Below are those that an edge of VXLAN has: the ids of VLANs. */
export const firstVni = 4096;
/** RFC 7348, 5. */
export const lastVni = 2 ** 24 - 1;

export const networkOptions = ip.networkOptions.omit({ switch: true, routed: true, uplink: true }).extend({
  vni: optional(integer.min(firstVni).max(lastVni)).describe(
    'What tells its packets from those of others on the way (VXLAN network identifier). Default: one that no network has.',
  ),
});
export type NetworkOptions = Of<typeof networkOptions>;

export const endpointOptions = ip.endpointOptions;
export type EndpointOptions = Of<typeof endpointOptions>;
