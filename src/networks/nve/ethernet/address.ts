import { contentHash } from '../../../lib/hash.ts';

/**
 * The address of a node on the wire: that of its title, among those that everybody gives himself, of a single station (IEEE 802,
 * 8.2). Pure. `02:1f:…`
 */
export function addressOf(title: string): string {
  const bytes = Buffer.from(contentHash('node', title).slice(0, 12), 'hex');
  bytes[0] = ((bytes[0] ?? 0) & 0xfc) | 0x02;
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join(':');
}
