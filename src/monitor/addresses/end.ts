import { integer, type Of, optional, record, text } from '../../lib/schema.ts';

export const flowEnd = record('FlowEnd', '', {
  address: text,
  port: optional(integer),
  service: optional(text).describe(
    'The service that had the address then; absent: outside of the application.',
  ),
  pod: optional(text),
});
export type FlowEnd = Of<typeof flowEnd>;
