import type { LinkKind } from '../link-kind.ts';
import { VxlanTunnel } from './tunnel.ts';

/** VXLAN, UDP, IP (RFC 7348, 5); nothing of Ethernet is in it. */
const own = 8 + 8;

/** Packets in UDP, neither encrypted nor authenticated: for networks that nobody else is on. */
export const vxlan: LinkKind = {
  name: 'vxlan',
  isPrivate: false,
  isOnEthernet: false,
  overhead: { inet: own + 20, inet6: own + 40 },
  // What this host forwards is others'.
  isOfLinks: (port) => `iif lo ipproto udp dport ${port}`,
  tunnel: (folder) => new VxlanTunnel(folder),
};
