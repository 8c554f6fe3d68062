import { deleteLinks, ipBatch, ipJson, type Link } from '../ip.ts';
import { learnedAddresses } from '../ovs/fdb.ts';
import { OpenVswitch } from '../ovs/open-vswitch.ts';
import { isPort as isPlugged } from '../ovs/plan-port.ts';
import type { SwitchState } from '../ovs/switch-state.ts';
import type { PortWish } from '../ovs/wishes.ts';
import type { Observed } from '../standard/archetype.ts';
import { computeChecksums, leaveChecksums } from './checksums.ts';
import {
  createBridge,
  isOvs,
  type LinuxEndpoint,
  type LinuxNetwork,
  removeSurplus,
  settleBridge,
  settlePort,
} from './commands.ts';
import { host, isAbsent, linkNamed, ownLink } from './links.ts';
import { bridgeName, handedName, isOwn, portOfHost } from './names.ts';
import { kernelDatapath, openPlugged, plugPort } from './ovs-plug.ts';
import { guardedPorts, guardPorts, unguardPorts, wantsGuard } from './ovs-port-guard.ts';
import { bridgeWish, deadPorts, endpointPorts, portWish, trunksOn, trunkWish } from './ovs-wishes.ts';
import type { LearningSwitch, Station } from './switching.ts';
import { isTrunked, trunkOf } from './trunk.ts';

/** What there was at one moment. */
interface Look {
  readonly state: SwitchState;
  readonly guarded: ReadonlySet<string>;
}

/** What the kernel calls the interface of a bridge of Open vSwitch. */
const kernelPort = 'openvswitch';

/** Those of the host, by name. */
type Links = ReadonlyMap<string, Link>;

/** Networks whose switch is a bridge of Open vSwitch. */
export class OvsSwitch {
  readonly #openVswitch = new OpenVswitch();

  /** `endpoints`: those of the network: where it was a bridge of the kernel so far, their ports go over at once. */
  async applyNetwork(network: LinuxNetwork, endpoints: readonly LinuxEndpoint[]): Promise<Observed> {
    const wish = bridgeWish(network);
    const before = await ownLink(wish.name, network.id);
    const ports =
      before?.linkinfo?.info_kind === 'bridge' ? await this.#leaveKernel(wish.name, endpoints) : [];
    await this.#openVswitch.settleBridge(wish);
    await this.#removeDead(network.id);
    await this.#openVswitch.settlePorts(wish.name, ports);
    await openPlugged(
      this.#openVswitch,
      ports.map(({ name }) => name),
    );
    const link = await linkNamed(host, wish.name);
    await ipBatch(host, [...settleBridge(network), ...removeSurplus(link, network.options.addresses)]);
    return { interface: wish.name, datapath: wish.datapathId, mac: wish.mac };
  }

  /**
   * Makes the network a bridge of the kernel, if it was one of Open vSwitch. Ports that nobody has are guarded, the trunk until
   * it is settled. What is cut off in the middle goes on as the repair of ports that are guarded or not there.
   * @returns whether it was
   */
  async leave(network: LinuxNetwork, endpoints: readonly LinuxEndpoint[]): Promise<boolean> {
    const name = bridgeName(network.id);
    const isOnOvs = (await this.#openVswitch.read()).bridges.has(name);
    if (!isOnOvs && !(await isLeftTap(network.id))) return false;
    const there = new Set((await ipJson<Link>(host, ['link', 'show'])).map(({ ifname }) => ifname));
    const ports = endpoints.filter((endpoint) => there.has(portOfHost(endpoint)));
    const trunk = isTrunked(network) ? trunkOf(network) : undefined;
    await this.unplugTrunks(network, trunk);
    const guarded = await guardedPorts();
    const leaving = [...ports.map(portOfHost), ...(trunk !== undefined && there.has(trunk) ? [trunk] : [])];
    await guardPorts(leaving.filter((port) => !guarded.has(port)));
    await this.#openVswitch.removeBridge(name, network.id);
    if (await isLeftTap(network.id)) await deleteLinks(host, [name]);
    const settled = ports.flatMap((endpoint) => settlePort(endpoint, network, portOfHost(endpoint)));
    await ipBatch(host, [...createBridge(network), ...settled, ...settleBridge(network)]);
    await unguardPorts(ports.map(portOfHost));
    await Promise.all(ports.map(leaveChecksums));
    return true;
  }

  /** While Open vSwitch is away, what is the kernel’s; the rest is {@link owed}. */
  async removeNetwork(network: LinuxNetwork): Promise<void> {
    const { id } = network;
    const name = bridgeName(id);
    try {
      await this.unplugTrunks(network);
      await this.#openVswitch.removeBridge(name, id);
    } catch (error) {
      if (!(await this.#openVswitch.isAway())) throw error;
      await this.#abandon(network);
    }
    const kind = (await ownLink(name, id))?.linkinfo?.info_kind;
    // Its database has no such bridge any more, but an ovs-vswitchd that does not run was not told.
    if (kind === kernelPort) await this.#abandon(network);
    // It was to become one of Open vSwitch, and did not; or an ovs-vswitchd that does not run any more has left it (a TAP).
    if (kind === 'bridge' || kind === 'tun') await deleteLinks(host, [name]);
  }

  /** What Open vSwitch still has of a network that was removed, or may come back with, in words. */
  async owed(network: LinuxNetwork): Promise<string | undefined> {
    const { id } = network;
    const name = bridgeName(id);
    const what = `bridge ${name} of Open vSwitch, which does not run`;
    const state = await this.#openVswitch.read().catch(() => undefined);
    if (!state) return this.#mayComeBackWith(network) ? what : undefined;
    if (state.bridges.get(name)?.externalIds['heddle'] === id) return what;
    const link = await linkNamed(host, name);
    return link?.linkinfo?.info_kind === kernelPort && isOwn(link.ifalias, id) ? what : undefined;
  }

  /** One that became a bridge of the kernel while Open vSwitch was away is in its database still. */
  #mayComeBackWith(network: LinuxNetwork): boolean {
    if (isOvs(network)) return this.#openVswitch.mayComeBack;
    return this.#openVswitch.mayKnow(bridgeName(network.id));
  }

  /** Where ovs-vswitchd cannot be told, and may run still: its port of the kernel's datapath is its own to remove. */
  async #abandon(network: LinuxNetwork): Promise<void> {
    const name = bridgeName(network.id);
    const trunk = isTrunked(network) ? trunkOf(network) : undefined;
    const bridge = await ownLink(name, network.id);
    const leading = trunk === undefined ? undefined : await linkNamed(host, trunk);
    const isTrunkOwn = leading !== undefined && isOwn(leading.ifalias, network.id);
    await ipBatch(host, [
      ...(bridge ? [...removeSurplus(bridge, []), `link set ${name} down`] : []),
      ...(isTrunkOwn ? [`link set ${trunk} down`] : []),
    ]).catch((error) => {
      if (!isAbsent(error)) throw error;
    });
    if (isTrunkOwn && trunk !== undefined) await unguardPorts([trunk]);
  }

  /** Makes the port that leads to the edge one of the bridge. */
  async plugTrunk({ id }: LinuxNetwork, trunk: string): Promise<void> {
    await plugPort(this.#openVswitch, bridgeName(id), id, trunk);
  }

  /** Takes off the bridge what leads to the edge, but for one that stays. */
  async unplugTrunks({ id }: LinuxNetwork, kept?: string): Promise<void> {
    for (const trunk of trunksOn(await this.#openVswitch.read(), id)) {
      if (trunk === kept) continue;
      await this.#openVswitch.removePort(trunk, id);
      const link = await linkNamed(host, trunk);
      // By now it may be that of another network.
      if (link && !isOwn(link.ifalias, id)) continue;
      // The edge takes the trunk of a network that goes away as soon as it is told of another.
      if (link)
        await ipBatch(host, [`link set ${trunk} down`]).catch((error) => {
          if (!isAbsent(error)) throw error;
        });
      await unguardPorts([trunk]);
    }
  }

  /** Makes an interface of the host a port. */
  async plug(endpoint: LinuxEndpoint, network: LinuxNetwork): Promise<Observed> {
    const name = portOfHost(endpoint);
    // Whoever leads it is about to put another in its place.
    if (endpoint.options.led && !(await linkNamed(host, name))) return { port: name };
    await plugPort(this.#openVswitch, bridgeName(network.id), endpoint.id, name);
    await this.#computeChecksums(endpoint);
    return { port: name };
  }

  /** @returns whether its port was, or may have been, its own: it is guarded until `unguardPorts` */
  async unplug(endpoint: LinuxEndpoint): Promise<boolean> {
    try {
      return await this.#unplug(endpoint);
    } catch (error) {
      // Its interface goes, and the port with the bridge, or by a look at that; but not an adopted one, which stays a port.
      const goes = endpoint.attachment.kind !== 'interface' || !this.#openVswitch.mayComeBack;
      if (goes && (await this.#openVswitch.isAway())) return true;
      throw error;
    }
  }

  async #unplug(endpoint: LinuxEndpoint): Promise<boolean> {
    const name = portOfHost(endpoint);
    const ports = [...(await this.#openVswitch.read()).bridges.values()].flatMap((bridge) => [
      ...bridge.ports.values(),
    ]);
    const there = ports.find((port) => port.name === name);
    // One that could not be made may have been refused because it is another's.
    if (there && there.externalIds['heddle'] !== endpoint.id) return false;
    if (there && (await linkNamed(host, name))?.master === kernelDatapath) await guardPorts([name]);
    await this.#openVswitch.removePort(name, endpoint.id);
    return true;
  }

  /** What there is, for many questions. Nothing while Open vSwitch is away: then nothing is as it should be. */
  async look(): Promise<Look | undefined> {
    const state = await this.#openVswitch.read().catch(() => undefined);
    return state && { state, guarded: await guardedPorts() };
  }

  isNetwork(look: Look | undefined, network: LinuxNetwork, links: Links): boolean {
    if (!look || !this.#openVswitch.isBridge(look.state, bridgeWish(network))) return false;
    if (deadPorts(look.state, network.id, links).length > 0) return false;
    const [trunk, ...more] = trunksOn(look.state, network.id);
    if (!isTrunked(network)) return trunk === undefined;
    const wanted = trunkOf(network);
    const port = look.state.bridges.get(bridgeName(network.id))?.ports.get(wanted);
    return (
      more.length === 0 &&
      isPlugged(port, trunkWish(network.id, wanted, links.get(wanted))) &&
      (port?.number ?? 0) > 0 &&
      look.guarded.has(wanted) === wantsGuard(this.#openVswitch.datapathType, true)
    );
  }

  isPort(look: Look | undefined, endpoint: LinuxEndpoint, network: LinuxNetwork, links: Links): boolean {
    const name = portOfHost(endpoint);
    const port = look?.state.bridges.get(bridgeName(network.id))?.ports.get(name);
    return (
      isPlugged(port, portWish(endpoint, links.get(name))) &&
      (port?.number ?? 0) > 0 &&
      look?.guarded.has(name) === wantsGuard(this.#openVswitch.datapathType, true)
    );
  }

  /** What its switch has learned; where a controller says what it does, where endpoints are. @throws HeddleError ERR_OVS */
  async learned(network: LinuxNetwork, endpoints: readonly LinuxEndpoint[]): Promise<LearningSwitch> {
    const { name, mac, controllers } = bridgeWish(network);
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

  /** Takes off its bridge what endpoints have left there that went while Open vSwitch was away. */
  async #removeDead(network: string): Promise<void> {
    const state = await this.#openVswitch.read();
    if (endpointPorts(state, network).length === 0) return;
    const links = await ipJson<Link>(host, ['link', 'show']);
    const dead = deadPorts(state, network, new Map(links.map((link) => [link.ifname, link])));
    if (dead.length > 0) await this.#openVswitch.removeSeen(dead);
  }

  /** Removes the kernel's bridge, when all is ready that can be; returns what its ports become. */
  async #leaveKernel(bridge: string, endpoints: readonly LinuxEndpoint[]): Promise<PortWish[]> {
    // Without Open vSwitch all stays as it is.
    await this.#openVswitch.read();
    const links = await ipJson<Link>(host, ['link', 'show', 'master', bridge]);
    const linkOf = new Map(links.map((link) => [link.ifname, link]));
    const ports = endpoints.filter((endpoint) => linkOf.has(portOfHost(endpoint)));
    // One whose namespace is gone says so when its turn comes.
    await Promise.allSettled(ports.map((endpoint) => this.#computeChecksums(endpoint)));
    await guardPorts(ports.map(portOfHost));
    await deleteLinks(host, [bridge]);
    return ports.map((endpoint) => portWish(endpoint, linkOf.get(portOfHost(endpoint))));
  }

  async #computeChecksums({ id, attachment }: LinuxEndpoint): Promise<void> {
    if (this.#openVswitch.datapathType !== 'netdev') return;
    if (attachment.kind === 'namespace')
      await computeChecksums({ path: attachment.path }, attachment.interface);
    // It takes that along when it is moved.
    if (attachment.kind === 'handed' && (await linkNamed(host, handedName(id))))
      await computeChecksums(host, handedName(id));
  }
}

/** Whether an ovs-vswitchd that does not run any more has left the interface of a network's bridge. */
async function isLeftTap(network: string): Promise<boolean> {
  return (await ownLink(bridgeName(network), network))?.linkinfo?.info_kind === 'tun';
}
