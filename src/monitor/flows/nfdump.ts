import { z } from 'zod';
import { HeddleError } from '../../lib/errors.ts';

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

/** The arguments for a time window, a filter in nfdump's own syntax, and at most so many flows. */
export function nfdumpArguments(query: {
  since?: number;
  until?: number;
  filter?: string;
  limit?: number;
}): string[] {
  const window =
    query.since === undefined
      ? []
      : ['-t', `${stamp(query.since)}-${stamp(query.until ?? Date.now() + 60_000)}`];
  const limit = query.limit === undefined ? [] : ['-c', String(query.limit)];
  return [
    'nfdump',
    '-R',
    '/var/lib/flows',
    '-o',
    'json',
    ...window,
    ...limit,
    ...(query.filter ? [query.filter] : []),
  ];
}

/** `2026/11/22.01:30:50`, UTC; nfdump takes no fraction. */
function stamp(milliseconds: number): string {
  return new Date(milliseconds).toISOString().slice(0, 19).replaceAll('-', '/').replace('T', '.');
}
