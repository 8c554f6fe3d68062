import { type Of, optional, text } from '../../lib/schema.ts';
import * as z from '../../lib/zod.ts';
import { titlePattern } from './wire/names.ts';

export const networkOptions = z.strictObject({});
export type NetworkOptions = Of<typeof networkOptions>;

const pattern = text.regex(
  titlePattern,
  'is no title: at most 127 letters, digits and ._:@/~+-, and * for any of them',
);

export const endpointOptions = z.strictObject({
  titles: optional(z.array(pattern).max(32)).describe(
    'What titles its entities may have; `*` stands for anything: `camera-*`. Default: the endpoint’s name.',
  ),
});
export type EndpointOptions = Of<typeof endpointOptions>;
