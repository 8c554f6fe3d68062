import { readFile } from 'node:fs/promises';
import { parseCounters } from '../../lib/net-dev.ts';
import { deleteLinks, ipBatch } from '../ip.ts';
import type { DriverContext, Observed, TypedDriver } from '../standard/archetype.ts';
import { isOfServices } from '../standard/endpoint.ts';
import type { FrameWish } from '../standard/traffic.ts';
import { adopted } from './adopted.ts';
import {
  createBridge,
  isBridge,
  isOvs,
  isPort,
  type LinuxEndpoint,
  type LinuxNetwork,
  removeSurplus,
  settleBridge,
} from './commands.ts';
import { countersOf } from './counters.ts';
import { DockerUser } from './docker-user.ts';
import { elsewhere } from './elsewhere.ts';
import { handed } from './handed.ts';
import { host, isAbsent, isThere, ownLink } from './links.ts';
import { bridgeName, portOfHost } from './names.ts';
import { observeBridge } from './observe-switch.ts';
import type { EndpointOptions, NetworkOptions } from './options.ts';
import { finishLeaving } from './ovs-leaving.ts';
import { unguardPorts } from './ovs-port-guard.ts';
import { OvsSwitch } from './ovs-switch.ts';
import type { Port } from './port.ts';
import { distrustRouters, raiseQuietly } from './quiet.ts';
import { tap } from './tap.ts';
import { traceOf } from './trace.ts';
import { isTrunked } from './trunk.ts';
import { Trunks } from './trunks.ts';
import { veth } from './veth.ts';

const ports = { namespace: veth, tap, interface: adopted, handed, remote: elsewhere, node: elsewhere };

function portOf({ attachment }: LinuxEndpoint): Port<LinuxEndpoint['attachment']> {
  return ports[attachment.kind] as Port<LinuxEndpoint['attachment']>;
}

/** Bridges and their ports. */
export class LinuxDriver implements TypedDriver<NetworkOptions, EndpointOptions> {
  readonly #ovs = new OvsSwitch();
  readonly #trunks: Trunks;
  readonly #docker = new DockerUser();
  readonly #context: DriverContext;

  constructor(context: DriverContext) {
    this.#context = context;
    this.#trunks = new Trunks(context, this.#ovs);
  }

  async applyNetwork(network: LinuxNetwork, endpoints: readonly LinuxEndpoint[]): Promise<Observed> {
    const observed = isOvs(network)
      ? await this.#ovs.applyNetwork(network, endpoints)
      : await this.#applyBridge(network, endpoints);
    distrustRouters(bridgeName(network.id));
    await this.#docker.admit();
    return { ...observed, ...(await this.#trunks.apply(network)) };
  }

  async #applyBridge(network: LinuxNetwork, endpoints: readonly LinuxEndpoint[]): Promise<Observed> {
    const name = bridgeName(network.id);
    try {
      await ipBatch(host, [...createBridge(network), ...settleBridge(network)]);
    } catch (error) {
      if (!isThere(error)) throw error;
      const link = await ownLink(name, network.id);
      const isForeign = link !== undefined && link.linkinfo?.info_kind !== 'bridge';
      if (isForeign && (await this.#ovs.leave(network, endpoints))) return { interface: name };
      await ipBatch(host, [...settleBridge(network), ...removeSurplus(link, network.options.addresses)]);
      await finishLeaving(name, endpoints);
    }
    return { interface: name };
  }

  async removeNetwork(network: LinuxNetwork) {
    const name = bridgeName(network.id);
    const link = await ownLink(name, network.id);
    const { info_kind: kind } = link?.linkinfo ?? {};
    if (isOvs(network) || (link ? kind !== 'bridge' : (await this.#ovs.owed(network)) !== undefined))
      await this.#ovs.removeNetwork(network);
    else if (link) await deleteLinks(host, [name]);
    await this.#trunks.remove(network);
    if ((await this.#context.networks()).length === 0) await this.#docker.dismiss();
  }

  async owed(network: LinuxNetwork) {
    // Its switch may have been another before.
    return this.#ovs.owed(network);
  }

  async applyEndpoint(endpoint: LinuxEndpoint, network: LinuxNetwork) {
    const apply = async () => {
      const observed = await portOf(endpoint).apply(endpoint, network, endpoint.attachment);
      if (isOfServices(endpoint.attachment)) return observed;
      const { ip, led } = endpoint.options;
      if (!ip && !led) await raiseQuietly(portOfHost(endpoint));
      return {
        ...observed,
        ...(isOvs(network) ? await this.#ovs.plug(endpoint, network) : { port: portOfHost(endpoint) }),
      };
    };
    try {
      return await apply();
    } catch (error) {
      if (!isAbsent(error)) throw error;
      // Somebody deleted the bridge.
      await this.applyNetwork(network, []);
      return apply();
    }
  }

  async removeEndpoint(endpoint: LinuxEndpoint, network: LinuxNetwork) {
    const isPlugged =
      isOvs(network) && !isOfServices(endpoint.attachment) && (await this.#ovs.unplug(endpoint));
    await portOf(endpoint).remove(endpoint, endpoint.attachment);
    // Not before: nobody would have what comes in there but the host.
    if (isPlugged) await unguardPorts([portOfHost(endpoint)]);
  }

  /** By one look at the host's interfaces: what is inside a namespace is not looked at. */
  async drifted(networks: readonly LinuxNetwork[], endpoints: readonly LinuxEndpoint[]) {
    const [{ links, isTrunk }] = await Promise.all([this.#trunks.look(networks), this.#docker.admit()]);
    const look = networks.some(isOvs) ? await this.#ovs.look() : undefined;
    const byName = new Map(networks.map((network) => [network.name, network]));
    const isNetwork = (network: LinuxNetwork) =>
      isBridge(links.get(bridgeName(network.id)), network) &&
      isTrunk(network) &&
      (!isOvs(network) || this.#ovs.isNetwork(look, network, links));
    const isEndpoint = (endpoint: LinuxEndpoint) => {
      if (isOfServices(endpoint.attachment)) return true;
      const network = byName.get(endpoint.network);
      const link = links.get(portOfHost(endpoint));
      if (!network || !isPort(link, endpoint, network)) return false;
      return !isOvs(network) || link === undefined || this.#ovs.isPort(look, endpoint, network, links);
    };
    return new Set([
      ...networks.filter((network) => !isNetwork(network)).map(({ id }) => id),
      ...endpoints.filter((endpoint) => !isEndpoint(endpoint)).map(({ id }) => id),
    ]);
  }

  /** By one look at the counters of all interfaces, for which no process is started. */
  async counters(networks: readonly LinuxNetwork[], endpoints: readonly LinuxEndpoint[]) {
    const { edge } = this.#context;
    const [text, passed] = await Promise.all([
      readFile('/proc/self/net/dev', 'utf8'),
      networks.some(isTrunked) ? edge?.counters() : [],
    ]);
    return countersOf(networks, endpoints, parseCounters(text), passed);
  }

  async trace(frame: FrameWish, network: LinuxNetwork, endpoints: readonly LinuxEndpoint[]) {
    const own = endpoints.filter((endpoint) => endpoint.network === network.name);
    const look = isOvs(network) ? this.#ovs.learned(network, own) : observeBridge(network, own);
    return traceOf(frame, network, own, await look);
  }

  async close() {
    await this.#ovs.close();
  }
}
