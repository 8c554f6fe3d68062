import { HeddleError } from '../../../lib/errors.ts';
import * as z from '../../../lib/zod.ts';

/** What `nfdump -o json` (1.7) prints of a flow; only what Heddle reads. Times are in the time zone it runs in: UTC. */
const record = z.object({
  type: z.string().optional(),
  first: z.string(),
  last: z.string(),
  received: z.string(),
  in_packets: z.number(),
  in_bytes: z.number(),
  proto: z.number(),
  tcp_flags: z.string().optional(),
  src_port: z.number().optional(),
  dst_port: z.number().optional(),
  icmp_type: z.number().optional(),
  icmp_code: z.number().optional(),
  src4_addr: z.string().optional(),
  dst4_addr: z.string().optional(),
  src6_addr: z.string().optional(),
  dst6_addr: z.string().optional(),
  ip4_router: z.string().optional(),
  ip6_router: z.string().optional(),
});

export type NfdumpRecord = z.infer<typeof record>;

/**
 * Parses the output of `nfdump -o json`.
 * @throws HeddleError ERR_ENGINE when it is not that
 */
export function parseNfdump(text: string): NfdumpRecord[] {
  const trimmed = text.trim();
  if (trimmed === '' || /^\[?\s*No matching flows/.test(trimmed)) return [];
  let value: unknown;
  try {
    value = JSON.parse(trimmed);
  } catch (cause) {
    throw new HeddleError('ERR_ENGINE', `nfdump printed no JSON: ${trimmed.slice(0, 120)}`, { cause });
  }
  return z.array(record).parse(value);
}
