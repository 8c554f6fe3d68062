import ipaddr from 'ipaddr.js';
import { macText } from '../../../lib/mac.ts';
import { type AddressedLink, inNamespace, ipBatch } from '../../ip.ts';
import { host } from '../../linux/links.ts';
import { nft } from '../../nft.ts';
import type { Tunnel, TunnelPeer, TunnelWish } from '../link-kind.ts';
import { linkLines, makeLink, ownLink, removeLink, routeLine, surplusLines } from '../tunnel-link.ts';

const table = 'heddle_links';

/**
 * An interface of its own on the Ethernet of the uplink (macvlan). All know each other's hardware addresses without asking, so nobody
 * can answer in another's place; and it answers no ARP, which the kernel would do there for the uplink's address, too.
 */
export class PlainTunnel implements Tunnel {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  async apply(wish: TunnelWish): Promise<void> {
    // Before anything can come in.
    await nft(host, guardRules(wish));
    const [uplink] = wish.uplinks;
    // It went with its uplink.
    if (uplink === undefined) return;
    const link = (await this.#onUplink(wish.interface, uplink)) ?? (await this.#make(wish, uplink));
    const led = wish.peers.filter(({ path }) => path);
    await ipBatch(host, [
      ...(link.flags.includes('NOARP') ? [] : [`link set ${wish.interface} arp off`]),
      ...linkLines(wish, link),
      ...led.flatMap((peer) => leadingLines(wish, peer)),
      ...(await surplusLines(wish.interface, led)),
      ...(await this.#surplusNeighbours(wish.interface, led)),
    ]);
  }

  async lead(wish: TunnelWish): Promise<void> {
    const led = wish.peers.filter(({ path }) => path);
    await ipBatch(
      host,
      led.flatMap((peer) => leadingLines(wish, peer)),
    );
  }

  async handshakes(): Promise<ReadonlyMap<string, number>> {
    return new Map();
  }

  async remove(name: string): Promise<void> {
    await removeLink(name, this.#folder);
    await nft(host, `add table inet ${table}\ndelete table inet ${table}`);
  }

  /** Another uplink may have been said since it was made. */
  async #onUplink(name: string, uplink: string): Promise<AddressedLink | undefined> {
    const link = await ownLink(name, this.#folder);
    if (!link || link.link === uplink) return link;
    await removeLink(name, this.#folder);
    return undefined;
  }

  #make({ interface: name, address }: TunnelWish, uplink: string): Promise<AddressedLink> {
    const line = `link add link ${uplink} name ${name} address ${macOf(address)} type macvlan mode bridge`;
    return makeLink(name, this.#folder, () => ipBatch(host, [line]));
  }

  async #surplusNeighbours(name: string, led: readonly TunnelPeer[]): Promise<string[]> {
    const text = await inNamespace(host, ['ip', '-6', 'neighbor', 'show', 'dev', name, 'nud', 'permanent']);
    const known = new Set(led.map(({ address }) => address));
    return text
      .split('\n')
      .map((line) => line.split(' ')[0] ?? '')
      .filter((address) => address !== '' && !known.has(address))
      .map((address) => `neighbor del ${address} dev ${name}`);
  }
}

function leadingLines(wish: TunnelWish, peer: TunnelPeer): string[] {
  const neighbour = `${peer.address} lladdr ${macOf(peer.address)} dev ${wish.interface}`;
  return [`neighbor replace ${neighbour} nud permanent`, routeLine(wish, peer)];
}

/** Of a node's address on its links: one that is administered locally (IEEE 802, 8.4), and the same for everybody who asks. Pure. */
export function macOf(address: string): string {
  return macText(Buffer.from([0x02, ...ipaddr.parse(address).toByteArray().slice(-5)]));
}

type Guard = Pick<TunnelWish, 'interface'> & { readonly peers: readonly Pick<TunnelPeer, 'address'>[] };

/** Nobody but the other nodes is heard, as far as addresses say who it is. Text for nft(8), in place of what was there. Pure. */
export function guardRules({ interface: name, peers }: Guard): string {
  const others = peers.map(({ address }) => address).join(', ');
  const accepting = others === '' ? [] : [`iifname "${name}" ip6 saddr { ${others} } accept`];
  return [
    `add table inet ${table}`,
    `add chain inet ${table} early { type filter hook prerouting priority raw; policy accept; }`,
    `flush chain inet ${table} early`,
    ...[...accepting, `iifname "${name}" counter drop`].map((rule) => `add rule inet ${table} early ${rule}`),
  ].join('\n');
}
