import { setTimeout as sleep } from 'node:timers/promises';
import { HeddleError, isHeddleError } from '../../lib/errors.ts';
import { contentHash } from '../../lib/hash.ts';
import { Controller } from '../ovs/controller/controller.ts';
import { shownFlow } from '../ovs/controller/shown-flow.ts';
import { runFolder } from '../ovs/run-folder.ts';
import type { DriverContext, Observed, TypedDriver } from '../standard/archetype.ts';
import { ensure, removeIfThere } from '../standard/ensure.ts';
import type { Network } from '../standard/network.ts';
import type { NetworkingService } from '../standard/networking-service.ts';
import { countersOfParts } from '../standard/parts-counters.ts';
import type { FrameWish } from '../standard/traffic.ts';
import { Agent, type LocalNetwork } from './agent/agent.ts';
import { type TitledNetwork, TitleSwitch } from './agent/title-switch.ts';
import { type Counts, countsOf } from './domain/tables.ts';
import type { EndpointOptions, NetworkOptions } from './options.ts';
import {
  datapathOf,
  type EtarchEndpoint,
  type EtarchNetwork,
  stationsOf,
  switchEndpoint,
  switchName,
  switchNetwork,
  trunkOf,
} from './parts.ts';
import { namesOf, traceOf } from './trace.ts';

/** Milliseconds until the registry is watched again, when that ended. */
const watchPause = 500;

/** A network of the `linux` service on Open vSwitch, and the agent of its domain, which is its switch's controller. */
export class EtarchDriver implements TypedDriver<NetworkOptions, EndpointOptions> {
  readonly #context: DriverContext;
  readonly #controller: Controller<TitledNetwork, TitleSwitch>;
  readonly #agents = new Map<string, Agent>();
  /** What was last said of each network. */
  readonly #said = new Map<string, string>();
  readonly #closed = new AbortController();
  #watching: Promise<void> | undefined;

  constructor(context: DriverContext) {
    this.#context = context;
    // The same after each start: a switch keeps its flows as long as its controller is the same. ovs-vswitchd connects to
    // sockets in its own folder only.
    const whose = contentHash(context.folder).slice(0, 12);
    this.#controller = new Controller(
      `${runFolder()}/heddle-${whose}.sock`,
      (channel, ended) =>
        new TitleSwitch(
          channel,
          (network, asker, request) => this.#agentOf(network).carryOut(asker, request),
          ended,
        ),
    );
  }

  async applyNetwork(network: EtarchNetwork): Promise<Observed> {
    await this.#controller.listen();
    const made = await ensure(this.#linux.networks, switchNetwork(network, this.#controller.target));
    this.#watching ??= this.#watch();
    await this.#agentOf(network.name).refresh();
    const counts = await this.#counts(network);
    this.#said.set(network.name, JSON.stringify(counts));
    return { ...made.status.observed, ...counts };
  }

  async removeNetwork({ name }: EtarchNetwork) {
    const made = await this.#switch(name);
    await removeIfThere(this.#linux.networks, switchName(name));
    // Its agent may have begun to make it what the domain is: it would wait for a switch that is gone.
    if (made) this.#controller.release(datapathOf(made));
    await this.#forget(name);
  }

  async leaveNetwork({ name }: EtarchNetwork, _: readonly EtarchEndpoint[], { datapath }: Observed) {
    if (typeof datapath === 'string') this.#controller.release(datapath);
    await this.#forget(name);
  }

  async applyEndpoint(endpoint: EtarchEndpoint, network: EtarchNetwork): Promise<Observed> {
    const { status } = await ensure(
      this.#linux.endpoints(switchName(network.name)),
      switchEndpoint(endpoint),
    );
    await this.#agentOf(network.name).refresh();
    return status.observed;
  }

  async removeEndpoint(endpoint: EtarchEndpoint, { name }: EtarchNetwork) {
    const made = await this.#switch(name);
    if (!made) return;
    await removeIfThere(this.#linux.endpoints(switchName(name)), endpoint.name);
    const refreshed = this.#agentOf(name).refresh();
    // A switch that is away is told when it is back: it has no port of the endpoint any more.
    if (this.#controller.isConnected(datapathOf(made))) await refreshed;
    else refreshed.catch(() => {});
  }

  /** By a look at what `linux` has, and at the flows of each switch that is connected: they are mended by the way. */
  async drifted(networks: readonly EtarchNetwork[], endpoints: readonly EtarchEndpoint[]) {
    // Where it cannot listen, no switch is connected, and each network says why.
    await this.#controller.listen().catch(() => {});
    this.#watching ??= this.#watch();
    const drifted = await Promise.all(
      networks.map(async (network) => {
        const made = await this.#switch(network.name);
        const those = endpoints.filter((endpoint) => endpoint.network === network.name);
        if (!made) return [network, ...those];
        const resources = this.#linux.endpoints(made.name);
        const ready = new Set((await resources.list()).filter(isReady).map(({ name }) => name));
        const isMade = isReady(made) && (await this.#mend(network, made));
        return [...(isMade ? [] : [network]), ...those.filter(({ name }) => !ready.has(name))];
      }),
    );
    return new Set(drifted.flat().map(({ id }) => id));
  }

  async counters(networks: readonly EtarchNetwork[]) {
    return countersOfParts(networks, switchName, await this.#linux.traffic.counters());
  }

  /** @throws HeddleError ERR_OPENFLOW */
  async flows({ name }: EtarchNetwork) {
    const made = await this.#switch(name);
    if (!made) return [];
    const [local, { flows, numbers }] = await Promise.all([
      this.#local(made),
      this.#controller.at(datapathOf(made)).view(),
    ]);
    return flows.map((flow) => shownFlow(flow, namesOf({ ...local, numbers })));
  }

  async trace(frame: FrameWish, { name }: EtarchNetwork) {
    const made = await this.#switch(name);
    if (!made) throw new HeddleError('ERR_NETWORK', `network ${name}: its switch is not there`);
    const [domain, local, view] = await Promise.all([
      this.#agentOf(name).domain(),
      this.#local(made),
      this.#controller.at(datapathOf(made)).view(),
    ]);
    return traceOf(frame, domain, { node: this.#context.node, ...local, ...view });
  }

  async close() {
    this.#closed.abort();
    await this.#watching;
    await this.#controller.close();
  }

  get #linux(): NetworkingService {
    return this.#context.service('linux');
  }

  async #forget(network: string): Promise<void> {
    await this.#agentOf(network).leave();
    this.#agents.delete(network);
    this.#said.delete(network);
  }

  #agentOf(network: string): Agent {
    const found = this.#agents.get(network);
    if (found) return found;
    let made: Network | undefined;
    const { node, registry } = this.#context;
    const agent = new Agent({
      network,
      node,
      registry,
      now: Date.now,
      local: async () => {
        made = await this.#switch(network);
        return made && this.#local(made);
      },
      settle: async (titled) => {
        // It may have gone while others were told.
        if (!made || !(await this.#switch(network))) return;
        await this.#controller.control(datapathOf(made), titled, String(made.status.observed['interface']));
      },
    });
    this.#agents.set(network, agent);
    return agent;
  }

  async #local(made: Network): Promise<LocalNetwork> {
    const endpoints = await this.#linux.endpoints(made.name).list();
    const trunk = trunkOf(made);
    return {
      id: made.id,
      stations: stationsOf(this.#context.node, endpoints),
      ...(trunk !== undefined && { trunk }),
    };
  }

  async #switch(network: string): Promise<Network | undefined> {
    try {
      return await this.#linux.networks.read(switchName(network));
    } catch (error) {
      if (isHeddleError(error, 'ERR_RESOURCE_UNKNOWN')) return undefined;
      throw error;
    }
  }

  async #counts({ name }: Pick<EtarchNetwork, 'name'>): Promise<Counts> {
    return countsOf(await this.#agentOf(name).domain());
  }

  /** Whether it is as it should be, and its status says what there is. */
  async #mend(network: EtarchNetwork, made: Network): Promise<boolean> {
    if (!this.#controller.isConnected(datapathOf(made))) return false;
    return this.#agentOf(network.name)
      .refresh()
      .then(
        async () => JSON.stringify(await this.#counts(network)) === this.#said.get(network.name),
        () => false,
      );
  }

  /** Follows what agents of other nodes change. */
  async #watch(): Promise<void> {
    const { registry } = this.#context;
    const { signal } = this.#closed;
    while (!signal.aborted) {
      try {
        const { revision } = await registry.list('none/');
        for (const agent of this.#agents.values()) void agent.follow().catch(() => {});
        for await (const { key } of registry.watch('', revision, signal)) {
          const [network = ''] = key.split('/');
          // What fails, the next look around mends.
          void this.#agents
            .get(network)
            ?.follow()
            .catch(() => {});
        }
      } catch {
        await sleep(watchPause, undefined, { signal }).catch(() => {});
      }
    }
  }
}

function isReady({ status }: Pick<Network, 'status'>): boolean {
  return status.phase === 'ready';
}
