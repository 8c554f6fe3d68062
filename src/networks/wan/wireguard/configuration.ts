import { familyOf } from '../addresses.ts';
import type { TunnelPeer, TunnelWish } from '../link-kind.ts';
import { linkMark } from '../underlay-routes.ts';

/** Seconds between packets that say nothing, so that both ends have agreed on keys before there is anything to say. */
const keepalive = 5;

/** Text for `wg syncconf` (wg(8)), which leaves alone what is as it says. It holds the private key. Pure. */
export function configurationOf({ privateKey, port, peers }: TunnelWish): string {
  const own = [
    '[Interface]',
    `PrivateKey = ${privateKey}`,
    `ListenPort = ${port}`,
    `FwMark = 0x${linkMark.toString(16)}`,
  ];
  return `${[...own, ...peers.flatMap(peerLines)].join('\n')}\n`;
}

/** While a node changes its key, the next one may already agree on keys, and has no addresses before it is in use. */
function peerLines(peer: TunnelPeer): string[] {
  const { keys, address } = peer;
  return [
    '[Peer]',
    `PublicKey = ${keys.current}`,
    `AllowedIPs = ${address}/128`,
    `PersistentKeepalive = ${keepalive}`,
    ...(peer.path ? [`Endpoint = ${endpointOf(peer)}`] : []),
    ...(keys.next === undefined ? [] : ['[Peer]', `PublicKey = ${keys.next}`]),
  ];
}

/** Where a node is found, as wg(8) writes it; empty before a path is known. */
export function endpointOf({ path, port }: TunnelPeer): string {
  if (!path) return '';
  return familyOf(path.remote) === 'inet6' ? `[${path.remote}]:${port}` : `${path.remote}:${port}`;
}

/** By public key: the lines of `wg show INTERFACE endpoints`, or of another column. Pure. */
export function columnOf(text: string): ReadonlyMap<string, string> {
  const lines = text.split('\n').filter((line) => line !== '');
  return new Map(lines.map((line) => line.split('\t') as [string, string]));
}
