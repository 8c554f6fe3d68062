import { type AddressedLink, ipBatch } from '../../ip.ts';
import { host } from '../../linux/links.ts';
import { nft } from '../../nft.ts';
import { familyOf } from '../addresses.ts';
import type { Tunnel, TunnelPeer, TunnelWish } from '../link-kind.ts';
import { linkLines, makeLink, ownLink, removeLink, routeLine, surplusLines } from '../tunnel-link.ts';

/** Of all links: who is meant is said by addresses. */
const vni = 0x48574c;
export const table = 'heddle_links';

/** Packets of IP in VXLAN (its generic protocol extension has them without Ethernet); where each goes is said by its route. */
export class VxlanTunnel implements Tunnel {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  async apply(wish: TunnelWish): Promise<void> {
    // Before anything can come in.
    await nft(host, guardRules(wish));
    const link = (await ownLink(wish.interface, this.#folder)) ?? (await this.#make(wish));
    const routes = wish.peers.flatMap((peer) => encapsulating(wish, peer) ?? []);
    const surplus = await surplusLines(
      wish.interface,
      wish.peers.filter(({ path }) => path),
    );
    await ipBatch(host, [...linkLines(wish, link), ...routes, ...surplus]);
  }

  async lead(wish: TunnelWish): Promise<void> {
    await ipBatch(
      host,
      wish.peers.flatMap((peer) => encapsulating(wish, peer) ?? []),
    );
  }

  async handshakes(): Promise<ReadonlyMap<string, number>> {
    return new Map();
  }

  async remove(name: string): Promise<void> {
    await removeLink(name, this.#folder);
    await nft(host, `add table inet ${table}\ndelete table inet ${table}`);
  }

  #make({ interface: name, port }: TunnelWish): Promise<AddressedLink> {
    const line = `link add ${name} type vxlan external gpe dstport ${port} udp6zerocsumrx`;
    return makeLink(name, this.#folder, () => ipBatch(host, [line]));
  }
}

/** Nothing before a path is known. */
function encapsulating(wish: TunnelWish, peer: TunnelPeer): string | undefined {
  if (!peer.path) return undefined;
  const { local, remote } = peer.path;
  const kind = familyOf(remote) === 'inet6' ? 'ip6' : 'ip';
  return routeLine(wish, peer, ` encap ${kind} id ${vni} src ${local} dst ${remote}`);
}

interface Guard {
  readonly port: number;
  readonly peers: readonly Pick<TunnelPeer, 'remotes'>[];
}

/** Nobody but the other nodes is heard, as far as addresses say who it is. Text for nft(8), in place of what was there. Pure. */
export function guardRules({ port, peers }: Guard): string {
  const remotes = [...new Set(peers.flatMap(({ remotes }) => remotes))];
  const accepting = (['inet', 'inet6'] as const).flatMap((family) => {
    const own = remotes.filter((remote) => familyOf(remote) === family);
    const word = family === 'inet' ? 'ip' : 'ip6';
    return own.length > 0 ? [`udp dport ${port} ${word} saddr { ${own.join(', ')} } accept`] : [];
  });
  return [
    `add table inet ${table}`,
    `add chain inet ${table} input { type filter hook input priority raw; policy accept; }`,
    `flush chain inet ${table} input`,
    ...[...accepting, `udp dport ${port} counter drop`].map((rule) => `add rule inet ${table} input ${rule}`),
  ].join('\n');
}
