import { isDeepStrictEqual } from 'node:util';
import { HeddleError } from '../../lib/errors.ts';
import type { Namespace } from '../ip.ts';
import { linkNamed } from '../linux/links.ts';
import { nft } from '../nft.ts';
import type { DriverContext, Observed, Taken, TypedDriver } from '../standard/archetype.ts';
import type { EndpointWish } from '../standard/endpoint.ts';
import { ensure, readIfThere, removeIfThere } from '../standard/ensure.ts';
import type { NetworkWish } from '../standard/network.ts';
import type { NetworkingService } from '../standard/networking-service.ts';
import { onWire } from '../standard/on-wire.ts';
import { partName } from '../standard/part-name.ts';
import { countersOfParts } from '../standard/parts-counters.ts';
import type { FrameWish } from '../standard/traffic.ts';
import { allowForwarding, isLoopbackRouted, routeLoopback } from './forwarding.ts';
import { heldOnHost } from './held-on-host.ts';
import { KeaServer } from './kea/kea-server.ts';
import { veths } from './kea/server-port.ts';
import { NameServer } from './name-server.ts';
import type { NetworkServer } from './network-server.ts';
import { observeElements } from './observe.ts';
import type { EndpointOptions, NetworkOptions } from './options.ts';
import { prefixOf } from './prefix.ts';
import { PublishedPorts, wordsOf } from './published.ts';
import { hasResolver } from './resolver.ts';
import { routesOf } from './routes.ts';
import {
  addElements,
  baseRules,
  deleteElements,
  type Element,
  formerElements,
  networkElements,
} from './rules.ts';
import type { IpEndpoint, IpNetwork } from './settle.ts';
import { traceOf } from './trace.ts';

const host: Namespace = { pid: process.pid };
/** The port of its bridge that leads elsewhere: nobody calls an endpoint so by chance. */
const uplinkName = 'heddle.uplink';

/** Bridges of the `linux` service, with addresses, rules and names. */
export class IpDriver implements TypedDriver<NetworkOptions, EndpointOptions> {
  readonly #context: DriverContext;
  readonly #published = new PublishedPorts(host);
  readonly #keas = new Map<string, KeaServer>();

  constructor(context: DriverContext) {
    this.#context = context;
  }

  async taken(): Promise<readonly Taken[]> {
    const [here, reserved = []] = await Promise.all([routesOf(host), this.#context.reserved?.()]);
    return [...here, ...reserved];
  }

  async applyNetwork(network: IpNetwork) {
    const { subnets, internal, routed } = network.options;
    const servers: readonly NetworkServer[] = this.#servers(network);
    const wanted = servers.filter((server) => server.isWanted(network));
    for (const server of wanted) await server.prepare?.();
    if (!internal || routed) allowForwarding(new Set(subnets.map(({ subnet }) => prefixOf(subnet).family)));
    const { status } = await ensure(this.#linux.networks, bridgeOf(network));
    const bridge = String(status.observed['interface']);
    routeLoopback(bridge);
    const elements = networkElements(network, bridge);
    const former = formerElements(network);
    // To delete what is not there would fail all: it is added first.
    const rules = [...addElements([...elements, ...former]), ...deleteElements(former)];
    await nft(host, [baseRules(), ...rules].join('\n'));
    // Two never answer the same question: whoever is to say no more ends first.
    for (const server of servers) if (!wanted.includes(server)) await server.remove(network);
    for (const server of wanted) await server.apply(network, bridge);
    // Not before there are rules.
    await this.#applyUplink(network);
    return {
      ...status.observed,
      subnets: subnets.map(({ subnet }) => subnet),
      gateways: gatewaysOf(network),
    };
  }

  async removeNetwork(network: IpNetwork) {
    await this.#removeServers(network);
    const name = bridgeName(network.name);
    const there = (await this.#linux.networks.list()).find((one) => one.name === name);
    if (!there) return;
    await removeIfThere(this.#linux.endpoints(name), uplinkName);
    await removeRules(network, there.status.observed);
    await removeIfThere(this.#linux.networks, name);
  }

  /** What leads elsewhere is one port more of its bridge. */
  async #applyUplink({ name, mtu, options: { uplink } }: IpNetwork): Promise<void> {
    const ports = this.#linux.endpoints(bridgeName(name));
    if (uplink === undefined) return removeIfThere(ports, uplinkName);
    const link = await linkNamed(host, uplink);
    if (link && link.mtu !== mtu)
      throw new HeddleError(
        'ERR_NETWORK',
        `network ${name}: its uplink ${uplink} has an MTU of ${link.mtu}, and the network ${mtu}`,
        { hint: `give the network that of the uplink: mtu ${link.mtu}` },
      );
    const attachment = { kind: 'interface', interface: uplink } as const;
    const there = await readIfThere(ports, uplinkName);
    if (there && !isDeepStrictEqual(there.attachment, attachment)) await removeIfThere(ports, uplinkName);
    await ensure(ports, { name: uplinkName, attachment });
  }

  async leaveNetwork(network: IpNetwork, endpoints: readonly IpEndpoint[], observed: Observed) {
    await this.#removeServers(network);
    for (const endpoint of endpoints) await this.#published.unpublish(endpoint);
    await removeIfThere(this.#linux.endpoints(bridgeName(network.name)), uplinkName);
    await removeRules(network, observed);
  }

  async applyEndpoint(endpoint: IpEndpoint, network: IpNetwork) {
    const { status } = await ensure(
      this.#linux.endpoints(bridgeName(network.name)),
      linkOf(endpoint, network),
    );
    await this.#published.publish(endpoint);
    for (const server of this.#servers(network))
      if (server.isWanted(network)) await server.add(endpoint, network);
    return {
      ...status.observed,
      addresses: lengthened(endpoint.options.addresses, network),
      gateways: network.options.internal ? [] : gatewaysOf(network),
      nameServers: nameServersOf(endpoint, network),
      ports: endpoint.options.ports,
    };
  }

  async removeEndpoint(endpoint: IpEndpoint, network: IpNetwork) {
    for (const server of this.#servers(network))
      if (server.isWanted(network)) await server.delete(endpoint, network);
    await this.#published.unpublish(endpoint);
    await removeIfThere(this.#linux.endpoints(bridgeName(network.name)), endpoint.name);
  }

  held(options: EndpointOptions) {
    return heldOnHost(options);
  }

  async drifted(networks: readonly IpNetwork[], endpoints: readonly IpEndpoint[]) {
    const found = await observeElements(host);
    const bridges = new Map(
      (await this.#linux.networks.list()).map((bridge) => [bridge.name, bridge.status]),
    );
    const isWhole = (elements: readonly Element[]) => elements.every((one) => found.has(wordsOf(one)));
    const isGiven = networks.some((network) => this.#kea(network).isWanted(network));
    const links = isGiven ? await veths(host) : new Map();
    const lists = networks.map(({ name }) => this.#linux.endpoints(bridgeName(name)).list());
    const linked = (await Promise.all(lists)).flat().filter(({ status }) => status.phase === 'ready');
    const joined = new Set(linked.map(({ network, name }) => `${network}/${name}`));
    const isAsItShould = (network: IpNetwork) => {
      const status = bridges.get(bridgeName(network.name));
      if (status?.phase !== 'ready') return false;
      const bridge = String(status.observed['interface']);
      if (!isWhole(networkElements(network, bridge))) return false;
      // A bridge that was made again has forgotten it.
      if (!isLoopbackRouted(bridge)) return false;
      const isLedOut = joined.has(`${bridgeName(network.name)}/${uplinkName}`);
      if (isLedOut !== (network.options.uplink !== undefined)) return false;
      const [names, kea] = this.#servers(network);
      return (
        (!names.isWanted(network) || names.isCurrent(network)) &&
        (!kea.isWanted(network) || kea.isCurrent(network, bridge, links))
      );
    };
    const isLinked = ({ network, name }: IpEndpoint) => joined.has(`${bridgeName(network)}/${name}`);
    const byName = new Map(networks.map((network) => [network.name, network]));
    const isServed = (endpoint: IpEndpoint) => {
      const network = byName.get(endpoint.network);
      if (!network) return true;
      const [names, kea] = this.#servers(network);
      return (
        (!names.isWanted(network) || names.isResolving(endpoint)) &&
        (!kea.isWanted(network) || kea.knows(endpoint, network))
      );
    };
    return new Set([
      ...networks.filter((network) => !isAsItShould(network)).map(({ id }) => id),
      ...endpoints
        .filter(
          (endpoint) =>
            !this.#published.isPublished(endpoint, found) || !isLinked(endpoint) || !isServed(endpoint),
        )
        .map(({ id }) => id),
    ]);
  }

  async counters(networks: readonly IpNetwork[]) {
    return countersOfParts(networks, bridgeName, await this.#linux.traffic.counters());
  }

  async trace(frame: FrameWish, network: IpNetwork, endpoints: readonly IpEndpoint[]) {
    const name = bridgeName(network.name);
    return traceOf(frame, network, endpoints, { below: this.#linux, name, host });
  }

  get #linux(): NetworkingService {
    return this.#context.service('linux');
  }

  #servers(network: IpNetwork) {
    return [this.#names(network), this.#kea(network)] as const;
  }

  async #removeServers(network: IpNetwork): Promise<void> {
    for (const server of this.#servers(network)) await server.remove(network);
    this.#keas.delete(network.id);
  }

  #names({ id }: IpNetwork): NameServer {
    return new NameServer(`${this.#context.folder}/${id}`);
  }

  #kea({ id }: IpNetwork): KeaServer {
    const known =
      this.#keas.get(id) ?? new KeaServer({ folder: `${this.#context.folder}/${id}.kea`, id, host });
    this.#keas.set(id, known);
    return known;
  }
}

/** Without a bridge nothing was said of it. */
async function removeRules(network: IpNetwork, { interface: bridge }: Observed): Promise<void> {
  const elements = typeof bridge === 'string' ? networkElements(network, bridge) : [];
  // To delete what is not there would fail all: it is added first.
  await nft(host, [baseRules(), ...addElements(elements), ...deleteElements(elements)].join('\n'));
}

/** What its bridge is called at the service that has it. */
export function bridgeName(network: string): string {
  return partName('ip', network);
}

function bridgeOf(network: IpNetwork): NetworkWish {
  const { name, mtu, options } = network;
  const addresses = options.subnets.map(({ subnet, gateway }) => `${gateway}/${prefixOf(subnet).length}`);
  return {
    name: bridgeName(name),
    archetype: 'linux',
    mtu,
    ...onWire(network),
    labels: { 'heddle.owner': `ip/${name}` },
    options: { addresses, switch: options.switch },
  };
}

function linkOf({ name, attachment, mac, options }: IpEndpoint, network: IpNetwork): EndpointWish {
  // Where bridged frames pass the host's rules, one that asks for its own published port is answered through the same port.
  if (attachment.kind === 'remote') return { name, attachment, mac };
  const hairpin = options.ports.length > 0;
  const { led } = options;
  if (attachment.kind !== 'namespace') return { name, attachment, mac, options: { hairpin, led } };
  const isWayOut = options.defaultRoute && !network.options.internal;
  return {
    name,
    attachment,
    mac,
    options: {
      hairpin,
      led,
      addresses: lengthened(options.addresses, network),
      routes: isWayOut ? gatewaysOf(network).map((via) => ({ to: 'default', via })) : [],
    },
  };
}

function gatewaysOf({ options }: IpNetwork): string[] {
  return options.subnets.flatMap(({ gateway }) => gateway ?? []);
}

/** Whom programs ask for names. */
function nameServersOf({ options }: IpEndpoint, network: IpNetwork): readonly string[] {
  if (!network.options.names) return options.dns;
  const gateways = gatewaysOf(network);
  // Only what is asked by IPv4 is led to who knows more.
  const led = hasResolver(options) ? gateways.filter((gateway) => !gateway.includes(':')) : [];
  return led.length > 0 ? led : gateways;
}

/** Addresses with the lengths of the subnets that they are in, which come in the same order. */
function lengthened(addresses: readonly string[], { options }: IpNetwork): string[] {
  return addresses.map((address, index) => `${address}/${options.subnets[index]?.subnet.split('/')[1]}`);
}
