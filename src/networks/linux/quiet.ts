import { existsSync, writeFileSync } from 'node:fs';
import { ipBatch } from '../ip.ts';
import { host } from './links.ts';

/**
 * Keeps this host from speaking at a port by itself: one that forwards IPv6 reports the groups that it listens to at each interface
 * (RFC 3810), whether that has an address or not, and whoever is behind the port would hear it.
 */
export function silence(port: string): void {
  setIpv6(port, 'disable_ipv6', '1');
}

/**
 * Keeps this host from believing routers on a network: whoever is on it could say that it is one (RFC 6104), and would get what the
 * host sends to others.
 */
export function distrustRouters(bridge: string): void {
  setIpv6(bridge, 'accept_ra', '0');
}

/** Sets a port up at which this host says nothing. */
export async function raiseQuietly(port: string): Promise<void> {
  silence(port);
  await ipBatch(host, [`link set ${port} up`]);
}

function setIpv6(name: string, setting: string, value: string): void {
  // One of the names that Heddle gives, or one that was checked where it came in.
  const file = `/proc/sys/net/ipv6/conf/${name}/${setting}`;
  // A kernel without IPv6 has none of it.
  if (existsSync(file)) writeFileSync(file, value);
}
