import { type Of, optional, text } from '../../../lib/schema.ts';
import * as z from '../../../lib/zod.ts';

export const ovsOptions = z.strictObject({
  bridge: optional(text.regex(/^[\w.-]{1,15}$/, 'is no name of a bridge')).describe(
    'A bridge of Open vSwitch of one’s own, on which the uplink is already. Default: one that Heddle makes.',
  ),
});
export type OvsOptions = Of<typeof ovsOptions>;
