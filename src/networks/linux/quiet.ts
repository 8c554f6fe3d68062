import { writeFileSync } from 'node:fs';
import { ipBatch } from '../ip.ts';
import { host } from './links.ts';

/**
 * Sets a port of this host up that never speaks of its own: a host that forwards IPv6 reports the groups that it listens to at
 * each interface (RFC 3810), whether that has an address or not, and whoever is behind the port would hear it.
 */
export async function raiseQuietly(port: string): Promise<void> {
  // Its own name: it is one of those that Heddle gives, or was checked where it came in.
  writeFileSync(`/proc/sys/net/ipv6/conf/${port}/disable_ipv6`, '1');
  await ipBatch(host, [`link set ${port} up`]);
}
