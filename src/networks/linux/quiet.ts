import { writeFileSync } from 'node:fs';
import { ipBatch } from '../ip.ts';
import { host } from './links.ts';

/**
 * Keeps this host from speaking at a port by itself: one that forwards IPv6 reports the groups that it listens to at each interface
 * (RFC 3810), whether that has an address or not, and whoever is behind the port would hear it.
 */
export function silence(port: string): void {
  // One of the names that Heddle gives, or one that was checked where it came in.
  writeFileSync(`/proc/sys/net/ipv6/conf/${port}/disable_ipv6`, '1');
}

/** Sets a port up at which this host says nothing. */
export async function raiseQuietly(port: string): Promise<void> {
  silence(port);
  await ipBatch(host, [`link set ${port} up`]);
}
