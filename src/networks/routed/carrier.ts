import path from 'node:path';
import { NextTurn } from '../../lib/next-turn.ts';
import { Turns } from '../../lib/turns.ts';
import type { Carrier } from '../between/carrier.ts';
import { partOf } from '../between/parts.ts';
import { say } from '../between/said.ts';
import { type Uplink, uplinkOf } from '../between/uplink.ts';
import { ipJson, type Link } from '../ip.ts';
import { host } from '../linux/links.ts';
import type { As, DriverContext, Observed, Settled } from '../standard/archetype.ts';
import type { Endpoint } from '../standard/endpoint.ts';
import { readIfThere } from '../standard/ensure.ts';
import type { Network } from '../standard/network.ts';
import { apartOf } from './apart.ts';
import { Daemon } from './daemon.ts';
import { type Announced, daemonFile } from './daemon-file.ts';
import { addressesElsewhere, addressesHere, type NodeSaid, nodesOn } from './elsewhere.ts';
import { guardRouting, unguardRouting } from './guard.ts';
import { dropTable, hasRoutes, isTableUsed, useTable } from './kernel-table.ts';
import type { NetworkOptions } from './options.ts';
import { allowProxy, isProxyAllowed, settleProxies } from './proxy.ts';
import { type RoutingSettings, routingSettings } from './settings.ts';

export type RoutedNetwork = As<Settled<Network>, NetworkOptions>;

/** Of what networks there are on this host, and what the nodes on them have said. */
interface Here {
  readonly announced: Announced;
  readonly nodes: ReadonlyMap<string, NodeSaid>;
}

/** The kernel’s routes, which hosts tell each other of by BGP; and an answer for who is elsewhere, on each network’s bridge. */
export class RoutedCarrier implements Carrier<RoutedNetwork> {
  readonly #context: DriverContext;
  readonly #settings: RoutingSettings;
  readonly #daemon: Daemon;
  /** What the networks of this host have in common: one turn after the other. */
  readonly #routing = new NextTurn();
  /** What is done about one network: one after the other. */
  readonly #turns = new Turns();
  /** Those that are being made may not be wanted yet by who asks, and those that become another archetype’s still are. */
  readonly #joined = new Map<string, RoutedNetwork>();
  readonly #left = new Set<string>();

  constructor(context: DriverContext) {
    this.#context = context;
    this.#settings = context.routing ?? routingSettings.parse({});
    this.#daemon = new Daemon(path.join(context.folder, 'bird'));
  }

  async largest(): Promise<number | undefined> {
    return (await this.#uplink())?.mtu;
  }

  join(network: RoutedNetwork, part: Network): Promise<Observed> {
    return this.#turns.take(network.name, () => this.#join(network, part));
  }

  async #join(network: RoutedNetwork, part: Network): Promise<Observed> {
    const uplink = await this.#uplink();
    // What there is stays: an uplink that goes for a moment takes nothing along.
    if (!uplink) return { apart: 'this host has no Ethernet with an address at which others find it' };
    allowProxy(bridgeOf(part));
    await this.#say(network, part, uplink);
    this.#joined.set(network.id, network);
    this.#left.delete(network.id);
    await this.#hear(network);
    const [link] = await ipJson<Link>(host, ['link', 'show', 'dev', bridgeOf(part)]);
    // Whose MAC address packets of endpoints elsewhere have here.
    const relay = link === undefined ? {} : { relay: link.address };
    return { as: this.#settings.as, ...relay, ...apartOf(uplink, this.#settings, listIn(part, 'subnets')) };
  }

  leave(network: RoutedNetwork, bridge?: string): Promise<void> {
    return this.#turns.take(network.name, async () => {
      const { node, registry } = this.#context;
      this.#joined.delete(network.id);
      this.#left.add(network.id);
      await say(registry, network.name, node, undefined);
      await this.#routing.take(() => this.#route());
      if (bridge !== undefined) await settleProxies(bridge, []);
    });
  }

  changed(network: RoutedNetwork, { attachment }: Pick<Endpoint, 'attachment'>): Promise<void> {
    if (attachment.kind !== 'remote') return this.#routing.take(() => this.#route());
    return this.#turns.take(network.name, () => this.#answer(network));
  }

  heard(network: RoutedNetwork): Promise<void> {
    return this.#turns.take(network.name, () => this.#hear(network));
  }

  isWhole(network: RoutedNetwork, part: Network): Promise<boolean> {
    return this.#turns.take(network.name, () => this.#isWhole(network, part));
  }

  async #hear(network: RoutedNetwork): Promise<void> {
    await this.#routing.take(() => this.#route());
    await this.#answer(network);
  }

  async #isWhole(network: RoutedNetwork, part: Network): Promise<boolean> {
    if (this.#left.has(network.id)) return false;
    const uplink = await this.#uplink();
    // It is looked at again when it is back.
    if (!uplink) return true;
    const isThere = isProxyAllowed(bridgeOf(part)) && this.#daemon.isRunning() && (await isTableUsed());
    if (!isThere) return false;
    await this.#say(network, part, uplink);
    await this.#hear(network);
    return true;
  }

  /** Where the others find this host, and what it has of itself on the network. */
  #say(network: RoutedNetwork, part: Network, { inet, inet6 }: Uplink): Promise<void> {
    const { node, registry } = this.#context;
    return say(registry, network.name, node, {
      as: this.#settings.as,
      addresses: listIn(part, 'gateways'),
      ...(inet !== undefined && { inet }),
      ...(inet6 !== undefined && { inet6 }),
    });
  }

  /** Routes lead over Ethernet: what is encrypted on the way carries packets of known addresses only. */
  async #uplink(): Promise<Uplink | undefined> {
    const uplink = await uplinkOf(this.#context.edge);
    return uplink?.isEthernet ? uplink : undefined;
  }

  /** Answers for who is elsewhere, if this host is on the network. */
  async #answer(network: RoutedNetwork): Promise<void> {
    const { node, registry } = this.#context;
    const part = await this.#part(network);
    const nodes = await nodesOn(registry, network.name);
    if (!part || !nodes.has(node) || this.#left.has(network.id)) return;
    const endpoints = await this.#context.service('ip').endpoints(part.name).list();
    await settleProxies(bridgeOf(part), addressesElsewhere(node, nodes, endpoints));
  }

  /** Tells the others what is here, and lets them tell this host what is there. */
  async #route(): Promise<void> {
    const networks = await this.#networks();
    if (networks.length === 0) {
      await this.#daemon.end();
      await dropTable();
      await unguardRouting();
      return;
    }
    const uplink = await this.#uplink();
    if (!uplink) return;
    const { node } = this.#context;
    const said = networks.flatMap(({ nodes }) => [...nodes]);
    const nodes = [...new Map(said.filter(([name]) => name !== node)).values()];
    await useTable();
    await guardRouting({ uplink: uplink.interface, nodes });
    await this.#daemon.run(
      daemonFile({
        routing: this.#settings,
        uplink,
        nodes,
        networks: networks.map(({ announced }) => announced),
        log: this.#daemon.log,
      }),
      hasRoutes,
    );
  }

  async #networks(): Promise<readonly Here[]> {
    const ip = this.#context.service('ip');
    const wanted = (await this.#context.networks()) as readonly RoutedNetwork[];
    for (const id of this.#left) if (!wanted.some((one) => one.id === id)) this.#left.delete(id);
    const all = new Map([...wanted.map((one) => [one.id, one] as const), ...this.#joined]);
    const parts = new Map((await ip.networks.list()).map((one) => [one.name, one]));
    const here = await Promise.all(
      [...all.values()]
        .filter(({ id }) => !this.#left.has(id))
        .map(async ({ name, archetype }): Promise<Here[]> => {
          const part = parts.get(partOf(archetype)(name));
          const nodes = await nodesOn(this.#context.registry, name);
          if (!part || !nodes.has(this.#context.node)) return [];
          const [subnets, gateways] = [listIn(part, 'subnets'), listIn(part, 'gateways')];
          const addresses = [...gateways, ...addressesHere(await ip.endpoints(part.name).list())];
          return [{ announced: { subnets, gateways, addresses }, nodes }];
        }),
    );
    return here.flat();
  }

  #part({ archetype, name }: RoutedNetwork): Promise<Network | undefined> {
    return readIfThere(this.#context.service('ip').networks, partOf(archetype)(name));
  }
}

function bridgeOf(part: Network): string {
  return String(part.status.observed['interface']);
}

function listIn(part: Network, name: 'subnets' | 'gateways'): string[] {
  return (part.status.observed[name] ?? []) as string[];
}
