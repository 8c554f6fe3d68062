import type { Carrier } from '../between/carrier.ts';
import { partOf } from '../between/parts.ts';
import { say } from '../between/said.ts';
import { ipJson, type Link } from '../ip.ts';
import { host } from '../linux/links.ts';
import { type Guarded, guardTunnels, unguardTunnels } from '../nve/tunnel-guard.ts';
import type { DriverContext, Observed } from '../standard/archetype.ts';
import type { Endpoint } from '../standard/endpoint.ts';
import type { Network } from '../standard/network.ts';
import { isAlike, stationsElsewhere, stationsOn } from './stations.ts';
import { hasTunnels, isSettled, overlayTunnels, removeTunnel, settleTable, settleTunnel } from './tunnel.ts';
import type { OverlayNetwork } from './vni.ts';
import { type Vtep, vtepOf } from './vtep.ts';

/** What another archetype has otherwise whose networks are tunnels, too. */
export interface Tunnelling {
  readonly tunnels: Guarded;
  /** What this node says of itself on a network besides where it is. @throws HeddleError ERR_NETWORK */
  said?(network: OverlayNetwork): Promise<Readonly<Record<string, unknown>>>;
}

/** A tunnel for each network, which is told where each endpoint is. */
export class OverlayCarrier implements Carrier<OverlayNetwork> {
  readonly #context: DriverContext;
  readonly #tunnelling: Tunnelling;

  constructor(context: DriverContext, tunnelling: Tunnelling = { tunnels: overlayTunnels }) {
    this.#context = context;
    this.#tunnelling = tunnelling;
  }

  async largest(): Promise<number | undefined> {
    return (await vtepOf(this.#context.edge))?.largest;
  }

  /** Makes the tunnel, says where this host is, and tells the tunnel where the others are. */
  async join(network: OverlayNetwork, part: Network): Promise<Observed> {
    const { node, registry } = this.#context;
    const { vni } = network.options;
    const bridge = String(part.status.observed['interface']);
    const vtep = await vtepOf(this.#context.edge);
    if (!vtep) {
      await this.leave(network);
      return { vni, apart: 'this host has no address at which others find it' };
    }
    await this.#guard(vtep, network);
    await settleTunnel(network, vtep, { bridge, mtu: part.mtu, port: this.#tunnels.port });
    const [link] = await ipJson<Link>(host, ['link', 'show', 'dev', bridge]);
    const addresses = (part.status.observed['gateways'] ?? []) as string[];
    const more = await this.#tunnelling.said?.(network);
    const station = { vtep: vtep.address, mac: link?.address ?? '', addresses };
    await say(registry, network.name, node, { ...more, ...station });
    await this.#tell(network);
    return { vni, vtep: vtep.address };
  }

  async leave(network: OverlayNetwork): Promise<void> {
    const { node, registry } = this.#context;
    await removeTunnel(network);
    await say(registry, network.name, node, undefined);
    if (!(await hasTunnels(this.#tunnels))) await unguardTunnels(this.#tunnels);
  }

  async changed(network: OverlayNetwork, { attachment }: Pick<Endpoint, 'attachment'>): Promise<void> {
    if (attachment.kind === 'remote') await this.#tell(network);
  }

  async heard(network: OverlayNetwork): Promise<void> {
    const vtep = await vtepOf(this.#context.edge);
    if (!vtep) return;
    await this.#guard(vtep, network);
    await this.#tell(network);
  }

  async isWhole(network: OverlayNetwork, part: Network): Promise<boolean> {
    const vtep = await vtepOf(this.#context.edge);
    if (!vtep) return !(await hasTunnels(this.#tunnels));
    const bridge = String(part.status.observed['interface']);
    if (!(await isSettled(network, vtep, { bridge, port: this.#tunnels.port }))) return false;
    await this.heard(network);
    return true;
  }

  get #tunnels(): Guarded {
    return this.#tunnelling.tunnels;
  }

  /** Tells the tunnel where the others are, if there is one. */
  async #tell(network: OverlayNetwork): Promise<void> {
    const { node, registry } = this.#context;
    const nodes = await stationsOn(registry, network.name);
    if (!nodes.has(node)) return;
    const part = partOf(network.archetype)(network.name);
    const endpoints = await this.#context.service('ip').endpoints(part).list();
    await settleTable(network, stationsElsewhere(node, nodes, endpoints));
  }

  /** What only the hosts that share networks may send: nobody, while none has said where it is. */
  async #guard(vtep: Vtep, network: OverlayNetwork): Promise<void> {
    const { registry } = this.#context;
    const networks = (await this.#context.networks()) as readonly OverlayNetwork[];
    const all = networks.some(({ id }) => id === network.id) ? networks : [...networks, network];
    const nodes = await Promise.all(all.map(({ name }) => stationsOn(registry, name)));
    const peers = new Set(nodes.flatMap((one) => [...one.values()].map((station) => station.vtep)));
    peers.delete(vtep.address);
    await guardTunnels(this.#tunnels, {
      uplink: vtep.interface,
      peers: [...peers].filter((peer) => isAlike(peer, vtep.address)),
      ids: all.flatMap(({ options }) => options.vni ?? []),
    });
  }
}
