import { type Of, optional } from '../../lib/schema.ts';
import * as z from '../../lib/zod.ts';
import * as overlay from '../overlay/options.ts';

export const networkOptions = overlay.networkOptions.extend({
  udp: optional(z.enum(['refused', 'plain'])).describe(
    'What becomes of UDP between endpoints, which no proxy encrypts: `refused` (default), or `plain`: it passes as it is.',
  ),
});
export type NetworkOptions = Of<typeof networkOptions>;

export const endpointOptions = overlay.endpointOptions;
export type EndpointOptions = Of<typeof endpointOptions>;
