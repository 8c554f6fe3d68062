import { HeddleError } from '../../lib/errors.ts';
import { inNamespace, ipBatch, type Link, type Namespace } from '../ip.ts';
import { learnedAddresses } from '../ovs/fdb.ts';
import { OpenVswitch } from '../ovs/open-vswitch.ts';
import { isPort as isPlugged } from '../ovs/plan-port.ts';
import type { SwitchState } from '../ovs/switch-state.ts';
import type { PortWish } from '../ovs/wishes.ts';
import type { Observed } from '../standard/archetype.ts';
import { bridgeMac, type LinuxEndpoint, type LinuxNetwork, removeSurplus, settleBridge } from './commands.ts';
import { host, linkNamed } from './links.ts';
import { bridgeName, handedName, portOfHost } from './names.ts';
import { guardedPorts, guardPort, unguardPort } from './ovs-port-guard.ts';
import type { LearningSwitch, Station } from './switching.ts';
import { isTrunked, trunkOf } from './trunk.ts';

/** What there was at one moment. */
interface Look {
  readonly state: SwitchState;
  readonly guarded: ReadonlySet<string>;
}

/** Those of the host, by name. */
type Links = ReadonlyMap<string, Link>;

/** Networks whose switch is a bridge of Open vSwitch. */
export class OvsSwitch {
  readonly #openVswitch = new OpenVswitch();

  async applyNetwork(network: LinuxNetwork): Promise<Observed> {
    const wish = wishOf(network);
    await this.#openVswitch.settleBridge(wish);
    const link = await linkNamed(host, wish.name);
    await ipBatch(host, [...settleBridge(network), ...removeSurplus(link, network.options.addresses)]);
    return { interface: wish.name, datapath: wish.datapathId, mac: wish.mac };
  }

  async removeNetwork(network: LinuxNetwork): Promise<void> {
    await this.unplugTrunks(network);
    await this.#openVswitch.removeBridge(bridgeName(network.id), network.id);
  }

  /** Makes the port that leads to the edge one of the bridge. */
  async plugTrunk({ id }: LinuxNetwork, trunk: string): Promise<void> {
    await guardPort(trunk);
    const link = await linkNamed(host, trunk);
    await this.#openVswitch.settlePort(bridgeName(id), trunkWish(id, trunk, link));
  }

  /** Takes off the bridge what leads to the edge, but for one that stays. */
  async unplugTrunks({ id }: LinuxNetwork, kept?: string): Promise<void> {
    for (const trunk of trunksOn(await this.#openVswitch.read(), id)) {
      if (trunk === kept) continue;
      await unguardPort(trunk);
      await this.#openVswitch.removePort(trunk, id);
    }
  }

  /** Makes an interface of the host a port. */
  async plug(endpoint: LinuxEndpoint, network: LinuxNetwork): Promise<Observed> {
    const bridge = bridgeName(network.id);
    await guardPort(portOfHost(endpoint));
    const link = await linkNamed(host, portOfHost(endpoint));
    const port = await this.#openVswitch.settlePort(bridge, portWish(endpoint, link));
    if (endpoint.attachment.kind === 'namespace' && this.#openVswitch.datapathType === 'netdev')
      await computeChecksums({ path: endpoint.attachment.path }, endpoint.attachment.interface);
    if (endpoint.attachment.kind === 'handed' && this.#openVswitch.datapathType === 'netdev') {
      const waiting = handedName(endpoint.id);
      // It takes that along when it is moved.
      if (await linkNamed(host, waiting)) await computeChecksums(host, waiting);
    }
    return { port: port.name };
  }

  async unplug(endpoint: LinuxEndpoint): Promise<void> {
    const name = portOfHost(endpoint);
    const ports = [...(await this.#openVswitch.read()).bridges.values()].flatMap((bridge) => [
      ...bridge.ports.values(),
    ]);
    const there = ports.find((port) => port.name === name);
    // One that could not be made may have been refused because it is another's.
    if (there && there.externalIds['heddle'] !== endpoint.id) return;
    await this.#openVswitch.removePort(name, endpoint.id);
    await unguardPort(name);
  }

  /** What there is, for many questions. Nothing while Open vSwitch is away: then nothing is as it should be. */
  async look(): Promise<Look | undefined> {
    const state = await this.#openVswitch.read().catch(() => undefined);
    return state && { state, guarded: await guardedPorts() };
  }

  isNetwork(look: Look | undefined, network: LinuxNetwork, links: Links): boolean {
    if (!look || !this.#openVswitch.isBridge(look.state, wishOf(network))) return false;
    const [trunk, ...more] = trunksOn(look.state, network.id);
    if (!isTrunked(network)) return trunk === undefined;
    const wanted = trunkOf(network);
    const port = look.state.bridges.get(bridgeName(network.id))?.ports.get(wanted);
    return (
      more.length === 0 &&
      isPlugged(port, trunkWish(network.id, wanted, links.get(wanted))) &&
      (port?.number ?? 0) > 0 &&
      look.guarded.has(wanted)
    );
  }

  isPort(look: Look | undefined, endpoint: LinuxEndpoint, network: LinuxNetwork, links: Links): boolean {
    const name = portOfHost(endpoint);
    const port = look?.state.bridges.get(bridgeName(network.id))?.ports.get(name);
    return (
      isPlugged(port, portWish(endpoint, links.get(name))) &&
      (port?.number ?? 0) > 0 &&
      look?.guarded.has(name) === true
    );
  }

  /** What its switch has learned; where a controller says what it does, where endpoints are. @throws HeddleError ERR_OVS */
  async learned(network: LinuxNetwork, endpoints: readonly LinuxEndpoint[]): Promise<LearningSwitch> {
    const { name, mac, controllers } = wishOf(network);
    const bridge = (await this.#openVswitch.read()).bridges.get(name);
    const byPort = new Map(endpoints.map((endpoint) => [portOfHost(endpoint), endpoint]));
    const ports = [...(bridge?.ports.values() ?? [])].filter((port) => port.name !== name);
    const stations = new Map<string, Station>();
    if (controllers.length > 0) {
      const rule = `as its controllers say: ${controllers.join(', ')}`;
      for (const { name: port } of ports) {
        const endpoint = byPort.get(port);
        if (endpoint) stations.set(endpoint.mac, { interface: port, rule });
      }
      stations.set(mac, { interface: name, rule });
    } else {
      const nameOf = new Map(ports.map((port) => [String(port.number), port.name]));
      for (const one of await learnedAddresses(name))
        stations.set(one.mac, {
          interface: nameOf.get(one.port) ?? name,
          rule: `${one.mac} port ${one.port}`,
        });
      stations.set(mac, { interface: name, rule: `${mac} port LOCAL` });
    }
    const isOpen = true;
    return {
      name,
      stations,
      ports: ports.map((port) => {
        const endpoint = byPort.get(port.name)?.name;
        const known = endpoint === undefined ? {} : { endpoint };
        return { interface: port.name, ...known, isOpen, isolated: false, hairpin: false };
      }),
    };
  }

  async close(): Promise<void> {
    await this.#openVswitch.close();
  }
}

function wishOf({ id, mtu, options }: LinuxNetwork) {
  const { switch: kind } = options;
  return {
    name: bridgeName(id),
    owner: id,
    controllers: kind.kind === 'openvswitch' ? kind.controllers : [],
    mac: bridgeMac(id),
    mtu,
    datapathId: `0000${id}`,
  };
}

function portWish(endpoint: LinuxEndpoint, link: Link | undefined): PortWish {
  return { name: portOfHost(endpoint), owner: endpoint.id, type: 'system', ifindex: link?.ifindex };
}

function trunkWish(network: string, name: string, link: Link | undefined): PortWish {
  return { name, owner: network, type: 'system', ifindex: link?.ifindex };
}

/** Ports of a network that are no endpoint's, and not the bridge's own. */
function trunksOn({ bridges }: SwitchState, network: string): string[] {
  const bridge = bridgeName(network);
  const ports = [...(bridges.get(bridge)?.ports.values() ?? [])];
  return ports
    .filter(({ name, externalIds }) => name !== bridge && externalIds['heddle'] === network)
    .map(({ name }) => name);
}

/** The kernel leaves checksums to whoever takes a packet off the machine, which ovs-vswitchd knows nothing of. */
async function computeChecksums(namespace: Namespace, name: string): Promise<void> {
  try {
    await inNamespace(namespace, ['ethtool', '-K', name, 'tx', 'off']);
  } catch (cause) {
    throw new HeddleError('ERR_NETWORK', `the checksums of ${name}: ${(cause as Error).message}`, {
      cause,
      hint: 'Open vSwitch without its kernel module needs ethtool (apt-get install ethtool)',
    });
  }
}
