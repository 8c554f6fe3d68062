import { contentHash } from '../../lib/hash.ts';
import { Controller } from '../ovs/controller/controller.ts';
import { shownFlow } from '../ovs/controller/shown-flow.ts';
import { foreignFlows } from '../ovs/foreign-flows.ts';
import { OpenVswitch } from '../ovs/open-vswitch.ts';
import { runFolder } from '../ovs/run-folder.ts';
import type { DriverContext, Observed, TypedDriver } from '../standard/archetype.ts';
import { ensure, readIfThere, removeIfThere } from '../standard/ensure.ts';
import type { Network } from '../standard/network.ts';
import type { NetworkingService } from '../standard/networking-service.ts';
import { countersOfParts } from '../standard/parts-counters.ts';
import type { FrameWish, NetworkFlow } from '../standard/traffic.ts';
import { type ControlledNetwork, LearningSwitch } from './controller/learning-switch.ts';
import type { EndpointOptions, NetworkOptions } from './options.ts';
import {
  controlled,
  controlName,
  controlNetwork,
  dataEndpoint,
  dataName,
  dataNetwork,
  datapathIn,
  datapathOf,
  type SdnEndpoint,
  type SdnNetwork,
} from './parts.ts';
import { namesOf, switchedTrace } from './trace.ts';

/** A control and a data network of the `ip` service, and the controller of the latter's switch. */
export class SdnDriver implements TypedDriver<NetworkOptions, EndpointOptions> {
  readonly #context: DriverContext;
  readonly #controller: Controller<ControlledNetwork, LearningSwitch>;
  readonly #openVswitch = new OpenVswitch();
  /** Whether the controllers of others were connected when that was said last, by network. */
  readonly #said = new Map<string, boolean>();

  constructor(context: DriverContext) {
    this.#context = context;
    // The same after each start: a switch keeps its flows as long as its controller is the same. ovs-vswitchd connects to
    // sockets in its own folder only.
    const whose = contentHash(context.folder).slice(0, 12);
    this.#controller = new Controller(
      `${runFolder()}/heddle-${whose}.sock`,
      (channel, ended) => new LearningSwitch(channel, ended),
    );
  }

  async applyNetwork(network: SdnNetwork) {
    if (isOwn(network)) await this.#controller.listen();
    if (isOwn(network)) await this.#takeOver(network);
    // First: it may have been asked to have the very subnet that would be chosen for the other.
    const data = await ensure(this.#ip.networks, dataNetwork(network, [this.#controller.target]));
    const control = await ensure(this.#ip.networks, controlNetwork(network));
    if (isOwn(network)) await this.#control(network, data);
    const { interface: bridge, subnets } = control.status.observed;
    const isConnected = isOwn(network) || (await this.#isConnected(data));
    this.#said.set(network.id, isConnected);
    return {
      ...data.status.observed,
      control: { network: control.name, interface: bridge, subnets },
      controller: network.options.controller ?? this.#controller.target,
      // Without it the switch goes on with what it was told, and asks for it again each second.
      controllerConnected: isConnected,
    };
  }

  async removeNetwork(network: SdnNetwork) {
    this.#said.delete(network.id);
    const data = await this.#data(network);
    if (data) this.#controller.release(datapathOf(data));
    await removeIfThere(this.#ip.networks, dataName(network.name));
    await removeIfThere(this.#ip.networks, controlName(network.name));
  }

  async leaveNetwork(network: SdnNetwork, _: readonly SdnEndpoint[], { datapath }: Observed) {
    if (typeof datapath === 'string') this.#controller.release(datapath);
    await removeIfThere(this.#ip.networks, controlName(network.name));
  }

  async applyEndpoint(endpoint: SdnEndpoint, network: SdnNetwork) {
    const { status } = await ensure(this.#ip.endpoints(dataName(network.name)), dataEndpoint(endpoint));
    await this.#refresh(network);
    return status.observed;
  }

  async removeEndpoint(endpoint: SdnEndpoint, network: SdnNetwork) {
    const data = await this.#data(network);
    if (!data) return;
    await removeIfThere(this.#ip.endpoints(data.name), endpoint.name);
    // A switch that is away is told when it is back: it has no port of the endpoint any more.
    if (isOwn(network) && !this.#controller.isConnected(datapathOf(data))) return this.#expect(network, data);
    await this.#refresh(network);
  }

  /** By a look at what `ip` has, and at the flows of each switch that is connected: they are mended by the way. */
  async drifted(networks: readonly SdnNetwork[], endpoints: readonly SdnEndpoint[]) {
    // Where it cannot listen, no switch is connected, and each network says why.
    if (networks.some(isOwn)) await this.#controller.listen().catch(() => {});
    const data = new Map((await this.#ip.networks.list()).map((one) => [one.name, one]));
    const drifted = await Promise.all(
      networks.map(async (network) => {
        const own = data.get(dataName(network.name));
        const those = endpoints.filter((endpoint) => endpoint.network === network.name);
        if (!own || !data.has(controlName(network.name))) return [network, ...those];
        const made = await this.#ip.endpoints(own.name).list();
        const there = new Set(made.flatMap(({ name, status }) => (status.phase === 'ready' ? name : [])));
        const isMade = isOwn(network)
          ? await this.#mend(network, own)
          : (await this.#isConnected(own)) === this.#said.get(network.id);
        return [...(isMade ? [] : [network]), ...those.filter(({ name }) => !there.has(name))];
      }),
    );
    return new Set(drifted.flat().map(({ id }) => id));
  }

  async counters(networks: readonly SdnNetwork[]) {
    return countersOfParts(networks, dataName, await this.#ip.traffic.counters());
  }

  /** @throws HeddleError ERR_OPENFLOW when the switch is not connected, ERR_OVS */
  async flows(network: SdnNetwork): Promise<readonly NetworkFlow[]> {
    const data = await this.#data(network);
    if (!data) return [];
    const bridge = String(data.status.observed['interface']);
    if (!isOwn(network)) return foreignFlows(bridge);
    const { flows, members } = await this.#controller.at(datapathOf(data)).view();
    const names = namesOf(members, await this.#ip.endpoints(data.name).list());
    return flows.map((flow) => shownFlow(flow, names));
  }

  async trace(frame: FrameWish, network: SdnNetwork, endpoints: readonly SdnEndpoint[]) {
    const below = await this.#ip.traffic.trace(dataName(network.name), frame);
    const data = await this.#data(network);
    // What another's controller has said, only it knows.
    if (!data || !isOwn(network)) return below;
    const own = endpoints.filter((endpoint) => endpoint.network === network.name);
    return switchedTrace(below, frame.from, await this.#controller.at(datapathOf(data)).view(), own);
  }

  async close() {
    await this.#openVswitch.close();
    await this.#controller.close();
  }

  /**
   * Where a network was another archetype's so far, its switch learns by itself until all ports are its own, and is told what to
   * do as soon as it connects: traffic does not wait for either.
   */
  async #takeOver(network: SdnNetwork): Promise<void> {
    const before = await this.#data(network);
    if (!before || datapathIn(before) !== undefined) return;
    const learning = await ensure(this.#ip.networks, dataNetwork(network, []));
    const endpoints = await this.#ip.endpoints(learning.name).list();
    this.#controller.expect(datapathOf(learning), controlled(network, learning, endpoints));
  }

  get #ip(): NetworkingService {
    return this.#context.service('ip');
  }

  #data({ name }: SdnNetwork): Promise<Network | undefined> {
    return readIfThere(this.#ip.networks, dataName(name));
  }

  async #refresh(network: SdnNetwork): Promise<void> {
    const data = isOwn(network) ? await this.#data(network) : undefined;
    if (data) await this.#control(network, data);
  }

  async #control(network: SdnNetwork, data: Network): Promise<void> {
    const endpoints = await this.#ip.endpoints(data.name).list();
    const bridge = String(data.status.observed['interface']);
    await this.#controller.control(datapathOf(data), controlled(network, data, endpoints), bridge);
  }

  async #expect(network: SdnNetwork, data: Network): Promise<void> {
    const endpoints = await this.#ip.endpoints(data.name).list();
    this.#controller.expect(datapathOf(data), controlled(network, data, endpoints));
  }

  /** Whether a controller of somebody else's is. */
  async #isConnected({ status }: Network): Promise<boolean> {
    const state = await this.#openVswitch.read().catch(() => undefined);
    const bridge = state?.bridges.get(String(status.observed['interface']));
    return bridge?.controllers.some(({ isConnected }) => isConnected) ?? false;
  }

  async #mend(network: SdnNetwork, data: Network): Promise<boolean> {
    if (!this.#controller.isConnected(datapathOf(data))) return false;
    return this.#control(network, data).then(
      () => true,
      () => false,
    );
  }
}

function isOwn({ options }: SdnNetwork): boolean {
  return options.controller === undefined;
}
