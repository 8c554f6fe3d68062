import { follow } from '../dispatch/follow.ts';
import type { EndpointOptions } from '../ip/options.ts';
import type { As, DriverContext, Observed, Settled, TypedDriver } from '../standard/archetype.ts';
import type { Endpoint } from '../standard/endpoint.ts';
import { ensure, readIfThere, removeIfThere } from '../standard/ensure.ts';
import type { Network } from '../standard/network.ts';
import type { NetworkingService } from '../standard/networking-service.ts';
import { countersOfParts } from '../standard/parts-counters.ts';
import type { FrameWish } from '../standard/traffic.ts';
import type { Carrier } from './carrier.ts';
import { ipEndpoint, ipNetwork, partOf } from './parts.ts';
import { networkIn, saidPrefix } from './said.ts';

export interface Between<NetworkOptions> {
  readonly archetype: string;
  /** Options of its part: what the archetype has besides stays out. Pure. */
  ipOptions(options: NetworkOptions): Network['options'];
  carrier(context: DriverContext): Carrier<As<Settled<Network>, NetworkOptions>>;
}

/** Networks of the `ip` service, and what carries packets between those of several hosts. */
export class BetweenDriver<NetworkOptions> implements TypedDriver<NetworkOptions, EndpointOptions> {
  readonly #context: DriverContext;
  readonly #between: Between<NetworkOptions>;
  readonly #carrier: Carrier<As<Settled<Network>, NetworkOptions>>;
  readonly #partOf: (network: string) => string;
  readonly #closed = new AbortController();
  #following: Promise<void> | undefined;

  constructor(context: DriverContext, between: Between<NetworkOptions>) {
    this.#context = context;
    this.#between = between;
    this.#carrier = between.carrier(context);
    this.#partOf = partOf(between.archetype);
  }

  async applyNetwork(network: As<Settled<Network>, NetworkOptions>): Promise<Observed> {
    this.#following ??= this.#follow();
    const largest = await this.#carrier.largest();
    const options = this.#between.ipOptions(network.options);
    const part = await ensure(this.#ip.networks, ipNetwork(network, options, largest));
    const carried = await this.#carrier.join(network, part);
    return { ...part.status.observed, mtu: part.mtu, ...carried };
  }

  async removeNetwork(network: As<Settled<Network>, NetworkOptions>): Promise<void> {
    await this.#carrier.leave(network);
    await removeIfThere(this.#ip.networks, this.#partOf(network.name));
  }

  leaveNetwork(
    network: As<Settled<Network>, NetworkOptions>,
    _endpoints: readonly As<Settled<Endpoint>, EndpointOptions>[],
    { interface: bridge }: Observed,
  ): Promise<void> {
    return this.#carrier.leave(network, typeof bridge === 'string' ? bridge : undefined);
  }

  async applyEndpoint(
    endpoint: As<Settled<Endpoint>, EndpointOptions>,
    network: As<Settled<Network>, NetworkOptions>,
  ): Promise<Observed> {
    const { status } = await ensure(this.#ip.endpoints(this.#partOf(network.name)), ipEndpoint(endpoint));
    await this.#carrier.changed(network, endpoint);
    return status.observed;
  }

  async removeEndpoint(
    endpoint: As<Settled<Endpoint>, EndpointOptions>,
    network: As<Settled<Network>, NetworkOptions>,
  ): Promise<void> {
    await removeIfThere(this.#ip.endpoints(this.#partOf(network.name)), endpoint.name);
    await this.#carrier.changed(network, endpoint);
  }

  /** By a look at what `ip` has, and at what carries each network: what that knows is mended by the way. */
  async drifted(
    networks: readonly As<Settled<Network>, NetworkOptions>[],
    endpoints: readonly As<Settled<Endpoint>, EndpointOptions>[],
  ) {
    if (networks.length === 0) return new Set<string>();
    this.#following ??= this.#follow();
    const largest = await this.#carrier.largest();
    const parts = new Map((await this.#ip.networks.list()).map((one) => [one.name, one]));
    const drifted = await Promise.all(
      networks.map(async (network) => {
        const part = parts.get(this.#partOf(network.name));
        const those = endpoints.filter((endpoint) => endpoint.network === network.name);
        if (part?.status.phase !== 'ready') return [network, ...those];
        const made = await this.#ip.endpoints(part.name).list();
        const there = new Set(made.flatMap(({ name, status }) => (status.phase === 'ready' ? name : [])));
        const isWhole =
          part.mtu === Math.min(network.mtu, largest ?? network.mtu) &&
          (await this.#carrier.isWhole(network, part).catch(() => false));
        return [...(isWhole ? [] : [network]), ...those.filter(({ name }) => !there.has(name))];
      }),
    );
    return new Set(drifted.flat().map(({ id }) => id));
  }

  async counters(networks: readonly As<Settled<Network>, NetworkOptions>[]) {
    return countersOfParts(networks, this.#partOf, await this.#ip.traffic.counters());
  }

  trace(frame: FrameWish, network: As<Settled<Network>, NetworkOptions>) {
    return this.#ip.traffic.trace(this.#partOf(network.name), frame);
  }

  async close(): Promise<void> {
    this.#closed.abort();
    await this.#following;
  }

  get #ip(): NetworkingService {
    return this.#context.service('ip');
  }

  /** Follows what other nodes say of themselves. What fails, the next look around mends. */
  #follow(): Promise<void> {
    const heard = async (isConcerned: (name: string) => boolean) => {
      const networks = await this.#context.networks();
      for (const network of networks.filter(({ name }) => isConcerned(name))) {
        if (!(await readIfThere(this.#ip.networks, this.#partOf(network.name)))) continue;
        await this.#carrier.heard(network as As<Settled<Network>, NetworkOptions>);
      }
    };
    const follower = {
      all: () => heard(() => true).catch(() => {}),
      changed: ({ key }: { readonly key: string }) => {
        void heard((name) => name === networkIn(key)).catch(() => {});
      },
      failed: () => {},
    };
    return follow(this.#context.registry, saidPrefix, follower, this.#closed.signal);
  }
}
