import * as z from '../../../lib/zod.ts';
import { type AddressBook, endOf } from '../../../monitor/addresses/address-book.ts';
import { protocolName } from '../../../monitor/addresses/protocols.ts';
import type { Denial } from '../contract.ts';

/** A line of ulogd's JSON output; only what Heddle reads. */
const line = z.object({
  timestamp: z.string(),
  'oob.prefix': z.enum(['ingress', 'egress']),
  'ip.protocol': z.number().optional(),
  'ip6.nexthdr': z.number().optional(),
  src_ip: z.string(),
  dest_ip: z.string(),
  src_port: z.number().optional(),
  dest_port: z.number().optional(),
});

/** A denied packet, or nothing when the line is no such thing (ulogd also prints what it does itself). */
export function parseDenial(
  text: string,
  at: Pick<Denial, 'service' | 'pod' | 'chain'>,
  book: AddressBook,
): Denial | undefined {
  if (!text.startsWith('{')) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // The last line of a log can be cut short.
    return undefined;
  }
  const parsed = line.safeParse(value);
  if (!parsed.success) return undefined;
  const entry = parsed.data;
  const time = `${entry.timestamp}Z`;
  const when = Date.parse(time);
  return {
    time,
    ...at,
    direction: entry['oob.prefix'],
    protocol: protocolName(entry['ip.protocol'] ?? entry['ip6.nexthdr'] ?? 0),
    source: endOf(entry.src_ip, entry.src_port, book, when),
    destination: endOf(entry.dest_ip, entry.dest_port, book, when),
  };
}
