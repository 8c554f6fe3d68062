import type { LinkKind } from '../link-kind.ts';
import { PlainTunnel } from './tunnel.ts';

/** Packets as they are, on an Ethernet that somebody else keeps private: nothing of ours is around them. */
export const plain: LinkKind = {
  name: 'plain',
  isPrivate: false,
  isOnEthernet: true,
  overhead: { inet: 0, inet6: 0 },
  // They leave by the links' own interface, and are led there by it alone.
  isOfLinks: () => undefined,
  tunnel: (folder) => new PlainTunnel(folder),
};
