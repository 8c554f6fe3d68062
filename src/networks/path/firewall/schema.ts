import { nameRules } from '../../../lib/names.ts';
import * as z from '../../../lib/zod.ts';
import type { FirewallRules } from './rules.ts';

/** More rules than this nobody writes. */
const most = 5000;

const port = z.number().int().min(1).max(65_535);
const portRange = z.strictObject({
  protocol: z.enum(['tcp', 'udp', 'sctp', 'icmp']),
  from: z.exactOptional(port),
  to: z.exactOptional(port),
});
const peer = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('any') }),
  z.strictObject({ kind: z.literal('service'), service: z.string().regex(nameRules.key, 'is no name') }),
  z.strictObject({
    kind: z.literal('cidr'),
    family: z.union([z.literal(4), z.literal(6)]),
    cidr: z.string().regex(/^[0-9A-Fa-f:.]+\/\d{1,3}$/, 'is no network'),
  }),
]);
const rate = z.strictObject({
  count: z.number().int().min(1),
  per: z.enum(['second', 'minute', 'hour']),
});
const rule = z.strictObject({
  ports: z.array(portRange),
  peers: z.array(peer),
  rate: z.exactOptional(rate),
});
const direction = z.union([z.literal('allow'), z.array(rule).max(most)]);

/** What ends up in a ruleset: no text of it may be more than the address or name that it is. */
export const rulesSchema: z.ZodType<FirewallRules> = z.strictObject({
  ingress: direction,
  egress: direction,
  log: z.enum(['denied', 'none']),
});
