import type { EdgeListing } from '../../edge/sources/engine/record.ts';
import { integer, optional, record, text } from '../../lib/schema.ts';
import * as z from '../../lib/zod.ts';
import type { Contract } from '../contract.ts';

const copy = z.object({
  id: text,
  address: text.nullable().describe('null: the host’s own'),
  ports: z.record(text, integer),
  ready: z.boolean(),
  draining: z.boolean(),
});

const port = z.object({
  name: text,
  port: integer,
  protocol: z.enum(['tcp', 'udp']),
  application: z.enum(['http', 'stream']),
  layer: optional(z.literal(4)).describe('absent: proxied'),
});

const service = z.object({
  project: text,
  service: text,
  name: text,
  namespace: text,
  explicit: z.boolean(),
  ports: z.array(port),
  steer: z.enum(['gateway', 'direct']),
  failover: z.number().describe('seconds'),
  policy: z.object({
    pin: z.array(text),
    exclude: z.array(text),
    weights: z.record(text, z.number()),
    by: z.enum(['delay', 'geography']),
  }),
  copies: z.array(copy),
});

/** What the edge reads (`src/edge` knows nothing of this API); what is not of its type does not compile. */
const listing: z.ZodType<EdgeListing> = record('EdgeListing', '', { services: z.array(service) });

export const edgeServicesContract = {
  route: 'GET /v1/edge/services',
  summary: 'What applications publish at the edge',
  answer: listing,
} as const satisfies Contract;

export const followEdgeServicesContract = {
  route: 'GET /v1/edge/services/follow',
  summary: 'The same at once, when it changes, and every five seconds',
  answer: listing,
  sends: 'lines',
} as const satisfies Contract;
