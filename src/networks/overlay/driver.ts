import { follow } from '../dispatch/follow.ts';
import { ipJson, type Link } from '../ip.ts';
import { host } from '../linux/links.ts';
import { type Guarded, guardTunnels, unguardTunnels } from '../nve/tunnel-guard.ts';
import type { DriverContext, Observed, TypedDriver } from '../standard/archetype.ts';
import { ensure, readIfThere, removeIfThere } from '../standard/ensure.ts';
import type { Network } from '../standard/network.ts';
import type { NetworkingService } from '../standard/networking-service.ts';
import { countersOfParts } from '../standard/parts-counters.ts';
import type { FrameWish } from '../standard/traffic.ts';
import type { EndpointOptions, NetworkOptions } from './options.ts';
import { ipEndpoint, ipNetwork, type OverlayEndpoint, partOf } from './parts.ts';
import { isAlike, networkIn, nodesOn, say, stationsElsewhere, stationsPrefix } from './stations.ts';
import {
  guardTable,
  hasTunnels,
  isSettled,
  port,
  removeTunnel,
  settleTable,
  settleTunnel,
} from './tunnel.ts';
import type { OverlayNetwork } from './vni.ts';
import { type Vtep, vtepOf } from './vtep.ts';

/** What keeps strangers away from the tunnels. */
const guard: Guarded = { table: guardTable, port };

/** A network of the `ip` service, and a tunnel to the other hosts that is told where each endpoint is. */
export class OverlayDriver implements TypedDriver<NetworkOptions, EndpointOptions> {
  readonly #context: DriverContext;
  readonly #closed = new AbortController();
  #following: Promise<void> | undefined;

  constructor(context: DriverContext) {
    this.#context = context;
  }

  async applyNetwork(network: OverlayNetwork): Promise<Observed> {
    this.#following ??= this.#follow();
    const vtep = await vtepOf(this.#context.edge);
    const part = await ensure(this.#ip.networks, ipNetwork(network, vtep?.largest));
    await this.#join(network, part, vtep);
    return {
      ...part.status.observed,
      vni: network.options.vni,
      mtu: part.mtu,
      ...(vtep ? { vtep: vtep.address } : { apart: 'this host has no address at which others find it' }),
    };
  }

  async removeNetwork(network: OverlayNetwork): Promise<void> {
    await this.#leave(network);
    await removeIfThere(this.#ip.networks, partOf(network.name));
  }

  leaveNetwork(network: OverlayNetwork): Promise<void> {
    return this.#leave(network);
  }

  async applyEndpoint(endpoint: OverlayEndpoint, network: OverlayNetwork): Promise<Observed> {
    const { status } = await ensure(this.#ip.endpoints(partOf(network.name)), ipEndpoint(endpoint));
    if (endpoint.attachment.kind === 'remote') await this.#tell(network);
    return status.observed;
  }

  async removeEndpoint(endpoint: OverlayEndpoint, network: OverlayNetwork): Promise<void> {
    await removeIfThere(this.#ip.endpoints(partOf(network.name)), endpoint.name);
    if (endpoint.attachment.kind === 'remote') await this.#tell(network);
  }

  /** By a look at what `ip` has, and at each tunnel: what they know is mended by the way. */
  async drifted(networks: readonly OverlayNetwork[], endpoints: readonly OverlayEndpoint[]) {
    if (networks.length === 0) return new Set<string>();
    const vtep = await vtepOf(this.#context.edge);
    const parts = new Map((await this.#ip.networks.list()).map((one) => [one.name, one]));
    const drifted = await Promise.all(
      networks.map(async (network) => {
        const part = parts.get(partOf(network.name));
        const those = endpoints.filter((endpoint) => endpoint.network === network.name);
        if (part?.status.phase !== 'ready') return [network, ...those];
        const made = await this.#ip.endpoints(part.name).list();
        const there = new Set(made.flatMap(({ name, status }) => (status.phase === 'ready' ? name : [])));
        const isWhole = await this.#isWhole(network, part, vtep).catch(() => false);
        return [...(isWhole ? [] : [network]), ...those.filter(({ name }) => !there.has(name))];
      }),
    );
    return new Set(drifted.flat().map(({ id }) => id));
  }

  async counters(networks: readonly OverlayNetwork[]) {
    return countersOfParts(networks, partOf, await this.#ip.traffic.counters());
  }

  trace(frame: FrameWish, network: OverlayNetwork) {
    return this.#ip.traffic.trace(partOf(network.name), frame);
  }

  async close(): Promise<void> {
    this.#closed.abort();
    await this.#following;
  }

  get #ip(): NetworkingService {
    return this.#context.service('ip');
  }

  /** Makes the tunnel, says where this host is, and tells the tunnel where the others are. */
  async #join(network: OverlayNetwork, part: Network, vtep: Vtep | undefined): Promise<void> {
    const { node, registry } = this.#context;
    const bridge = String(part.status.observed['interface']);
    if (!vtep) return this.#leave(network);
    await this.#guard(vtep, network);
    await settleTunnel(network, vtep, { bridge, mtu: part.mtu });
    const [link] = await ipJson<Link>(host, ['link', 'show', 'dev', bridge]);
    const addresses = (part.status.observed['gateways'] ?? []) as string[];
    await say(registry, network.name, node, { vtep: vtep.address, mac: link?.address ?? '', addresses });
    await this.#tell(network);
  }

  async #leave(network: OverlayNetwork): Promise<void> {
    const { node, registry } = this.#context;
    await removeTunnel(network);
    await say(registry, network.name, node, undefined);
    if (!(await hasTunnels())) await unguardTunnels(guard);
  }

  /** Tells the tunnel where the others are, if there is one. */
  async #tell(network: OverlayNetwork): Promise<void> {
    const { node, registry } = this.#context;
    const nodes = await nodesOn(registry, network.name);
    if (!nodes.has(node)) return;
    const endpoints = await this.#ip.endpoints(partOf(network.name)).list();
    await settleTable(network, stationsElsewhere(node, nodes, endpoints));
  }

  async #isWhole(network: OverlayNetwork, part: Network, vtep: Vtep | undefined): Promise<boolean> {
    if (!vtep) return !(await hasTunnels());
    if (part.mtu !== Math.min(network.mtu, vtep.largest)) return false;
    if (!(await isSettled(network, vtep, String(part.status.observed['interface'])))) return false;
    await this.#guard(vtep, network);
    await this.#tell(network);
    return true;
  }

  /** What only the hosts that share networks may send: nobody, while none has said where it is. */
  async #guard(vtep: Vtep, network: OverlayNetwork): Promise<void> {
    const { registry } = this.#context;
    const networks = (await this.#context.networks()) as readonly OverlayNetwork[];
    const all = networks.some(({ id }) => id === network.id) ? networks : [...networks, network];
    const nodes = await Promise.all(all.map(({ name }) => nodesOn(registry, name)));
    const peers = new Set(nodes.flatMap((one) => [...one.values()].map((station) => station.vtep)));
    peers.delete(vtep.address);
    await guardTunnels(guard, {
      uplink: vtep.interface,
      peers: [...peers].filter((peer) => isAlike(peer, vtep.address)),
      ids: all.flatMap(({ options }) => options.vni ?? []),
    });
  }

  /** When a node has said something else of itself. What fails, the next look around mends. */
  async #refresh(network: OverlayNetwork): Promise<void> {
    const vtep = await vtepOf(this.#context.edge);
    if (!vtep || !(await readIfThere(this.#ip.networks, partOf(network.name)))) return;
    await this.#guard(vtep, network);
    await this.#tell(network);
  }

  /** Follows where other nodes say that they are. */
  #follow(): Promise<void> {
    const refresh = async (isConcerned: (network: OverlayNetwork) => boolean) => {
      const networks = (await this.#context.networks()) as readonly OverlayNetwork[];
      for (const network of networks.filter(isConcerned)) await this.#refresh(network);
    };
    const follower = {
      all: () => refresh(() => true).catch(() => {}),
      changed: ({ key }: { readonly key: string }) => {
        void refresh(({ name }) => name === networkIn(key)).catch(() => {});
      },
      failed: () => {},
    };
    return follow(this.#context.registry, stationsPrefix, follower, this.#closed.signal);
  }
}
