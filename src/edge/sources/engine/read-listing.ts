import ipaddr from 'ipaddr.js';
import { dnsLabel } from '../../../descriptor/publication-words.ts';
import * as z from '../../../lib/zod.ts';
import { words } from '../publication.ts';
import type { EdgeListing } from './record.ts';

/** What a node of another version says besides is not looked at. */
const listing = z.object({
  services: z.array(
    z.object({
      project: z.string(),
      service: z.string(),
      name: dnsLabel,
      namespace: dnsLabel,
      explicit: z.boolean(),
      ports: z.array(z.object({ name: dnsLabel, ...words.port })),
      steer: words.steer,
      failover: words.failover,
      policy: z.object(words.policy),
      copies: z.array(
        z.object({
          id: z.string().min(1),
          address: z
            .string()
            .refine((text) => ipaddr.isValid(text), 'expected an IP address')
            .nullable(),
          ports: z.record(dnsLabel, words.portNumber),
          ready: z.boolean(),
          draining: z.boolean(),
        }),
      ),
    }),
  ),
});

/**
 * What a node said, if it is what a node says.
 * @throws Error
 */
export function readListing(said: unknown): EdgeListing {
  const read = listing.safeParse(said);
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  throw new Error(`the node says what is not understood: ${issue?.path.join('.')}: ${issue?.message}`);
}
