import { type Of, text } from '../../../lib/schema.ts';
import * as z from '../../../lib/zod.ts';

export const ethernetOptions = z.strictObject({
  title: text.min(1).max(255).describe('Of this node, different from those of all others on the wire.'),
});
export type EthernetOptions = Of<typeof ethernetOptions>;
