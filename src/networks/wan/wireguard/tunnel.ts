import { createHash } from 'node:crypto';
import { HeddleError } from '../../../lib/errors.ts';
import { type AddressedLink, inNamespace, ipBatch } from '../../ip.ts';
import { host } from '../../linux/links.ts';
import type { Tunnel, TunnelWish } from '../link-kind.ts';
import { linkLines, makeLink, ownLink, removeLink, routeLine, surplusLines } from '../tunnel-link.ts';
import { columnOf, configurationOf, endpointOf } from './configuration.ts';
import { configure } from './configure.ts';

/** WireGuard: the kernel's, or wireguard-go where that has none. Either outlives this process. */
export class WireGuardTunnel implements Tunnel {
  readonly #folder: string;
  /** Of what was configured last; not the text, which has the key. */
  #configured: string | undefined;
  /** Public keys, by address of the node. */
  #keys: ReadonlyMap<string, string> = new Map();

  constructor(folder: string) {
    this.#folder = folder;
  }

  async apply(wish: TunnelWish): Promise<void> {
    const name = wish.interface;
    const link = (await ownLink(name, this.#folder)) ?? (await this.#make(name));
    await this.#configure(wish);
    const routes = wish.peers.map((peer) => routeLine(wish, peer));
    const surplus = await surplusLines(wish.interface, wish.peers);
    await ipBatch(host, [...linkLines(wish, link), ...routes, ...surplus]);
  }

  async lead({ interface: name, peers }: TunnelWish): Promise<void> {
    const led = peers.filter(({ path }) => path);
    // Nothing more: this is what a stream waits for.
    if (led.length > 0)
      await wg([
        'set',
        name,
        ...led.flatMap((peer) => ['peer', peer.keys.current, 'endpoint', endpointOf(peer)]),
      ]);
  }

  async handshakes(name: string): Promise<ReadonlyMap<string, number>> {
    const column = columnOf(await wg(['show', name, 'latest-handshakes']).catch(() => ''));
    return new Map(
      [...this.#keys].flatMap(([address, key]) => {
        const at = Number(column.get(key) ?? 0) * 1000;
        return at > 0 ? [[address, at] as const] : [];
      }),
    );
  }

  /** The interface takes wireguard-go with it, which ends when it is gone. */
  async remove(name: string): Promise<void> {
    this.#configured = undefined;
    await removeLink(name, this.#folder);
  }

  #make(name: string): Promise<AddressedLink> {
    this.#configured = undefined;
    return makeLink(name, this.#folder, async () => {
      try {
        await ipBatch(host, [`link add ${name} type wireguard`]);
      } catch (error) {
        if (!/Unknown device type|Operation not supported/.test(String(error))) throw error;
        await startUserspace(name);
      }
    });
  }

  async #configure(wish: TunnelWish): Promise<void> {
    const text = configurationOf(wish);
    const hash = createHash('sha256').update(text).digest('hex');
    if (hash === this.#configured && (await this.#isLed(wish))) return;
    await configure(wish.interface, text, this.#folder);
    this.#configured = hash;
    this.#keys = new Map(wish.peers.map(({ address, keys }) => [address, keys.current]));
  }

  /** A packet that came by another path has the kernel answer by that one: both ends are to use the one that was chosen. */
  async #isLed({ interface: name, peers }: TunnelWish): Promise<boolean> {
    const endpoints = columnOf(await wg(['show', name, 'endpoints']));
    return peers.every((peer) => !peer.path || endpoints.get(peer.keys.current) === endpointOf(peer));
  }
}

/** It goes on by itself when its interface is there, in a session of its own: what ends the node from a terminal does not end it. */
async function startUserspace(name: string): Promise<void> {
  try {
    await inNamespace(host, ['setsid', '--wait', 'wireguard-go', name]);
  } catch (cause) {
    throw new HeddleError('ERR_NETWORK', `links: ${(cause as Error).message}`, {
      cause,
      hint: 'the kernel has no WireGuard: apt-get install wireguard-go',
    });
  }
}

function wg(args: readonly string[]): Promise<string> {
  return inNamespace(host, ['wg', ...args]);
}
