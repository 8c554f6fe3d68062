import type { Of } from '../../lib/schema.ts';
import * as ip from '../ip/options.ts';

export const networkOptions = ip.networkOptions.omit({ switch: true, routed: true, uplink: true });
export type NetworkOptions = Of<typeof networkOptions>;

export const endpointOptions = ip.endpointOptions;
export type EndpointOptions = Of<typeof endpointOptions>;
