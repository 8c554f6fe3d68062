import ipaddr from 'ipaddr.js';
import { isLabel } from '../../../lib/dns-label.ts';
import * as z from '../../../lib/zod.ts';
import type { EdgeListing } from './record.ts';

const label = z.string().refine(isLabel, 'expected a DNS label');
const number = z.int().min(1).max(65_535);

/** What a node of another version says besides is not looked at. */
const listing = z.object({
  services: z.array(
    z.object({
      project: z.string(),
      service: z.string(),
      name: label,
      namespace: label,
      explicit: z.boolean(),
      ports: z.array(
        z.object({
          name: label,
          port: number,
          protocol: z.enum(['tcp', 'udp']),
          application: z.enum(['http', 'stream']),
          layer: z.exactOptional(z.literal(4)),
        }),
      ),
      steer: z.enum(['gateway', 'direct']),
      failover: z.number().positive(),
      policy: z.object({
        pin: z.array(label),
        exclude: z.array(label),
        weights: z.record(label, z.number().positive()),
        by: z.enum(['delay', 'geography']),
      }),
      copies: z.array(
        z.object({
          id: z.string().min(1),
          address: z
            .string()
            .refine((text) => ipaddr.isValid(text), 'expected an IP address')
            .nullable(),
          ports: z.record(label, number),
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
