import type { LinkKind } from '../link-kind.ts';
import { linkMark } from '../underlay-routes.ts';
import { WireGuardTunnel } from './tunnel.ts';

/** Its own header and tag, UDP, IP (Donenfeld, WireGuard, 5.4.6); packets are padded to 16 bytes, within the MTU. */
const own = 32 + 8;

/** Encrypted and authenticated: by the kernel’s WireGuard, or by wireguard-go where it has none. */
export const wireguard: LinkKind = {
  name: 'wireguard',
  isPrivate: true,
  isOnEthernet: false,
  overhead: { inet: own + 20, inet6: own + 40 },
  isOfLinks: () => `fwmark 0x${linkMark.toString(16)}`,
  tunnel: (folder) => new WireGuardTunnel(folder),
};
