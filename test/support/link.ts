import type { Link } from '../../src/networks/ip.ts';

/** An interface as `ip link` says it, as far as a test says nothing else. */
export function linkCalled(ifname: string, more: Partial<Link> = {}): Link {
  return { ifindex: 1, ifname, mtu: 1500, address: '', operstate: 'UP', flags: ['UP'], ...more };
}
