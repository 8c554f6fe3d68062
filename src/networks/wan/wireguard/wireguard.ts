import type { LinkKind } from '../link-kind.ts';
import { linkMark } from '../underlay-routes.ts';
import { WireGuardTunnel } from './tunnel.ts';

/** Its own header and tag, UDP, IP (Donenfeld, WireGuard, 5.4.6); packets are padded to 16 bytes, within the MTU. */
const own = 32 + 8;

export const wireguard: LinkKind = {
  name: 'wireguard',
  summary: 'encrypted and authenticated by WireGuard: the kernel’s, or wireguard-go where it has none',
  isPrivate: true,
  needs: { wg: 'apt-get install wireguard-tools' },
  overhead: { inet: own + 20, inet6: own + 40 },
  isOfLinks: () => `fwmark 0x${linkMark.toString(16)}`,
  tunnel: (folder) => new WireGuardTunnel(folder),
};
