import path from 'node:path';
import { Turns } from '../../../lib/turns.ts';
import { type AddressedLink, deleteLinks, ipBatch, ipJson, type Link } from '../../ip.ts';
import { host } from '../../linux/links.ts';
import { guardedPorts, guardPorts, unguardPorts } from '../../linux/ovs-port-guard.ts';
import { OpenVswitch } from '../../ovs/open-vswitch.ts';
import { checkPorts } from '../check.ts';
import {
  type Edge,
  type EdgeSettings,
  type IngressPort,
  noneRefused,
  type PortCounters,
  type Refused,
} from '../edge.ts';
import { lost } from '../lost.ts';
import { portName, stubName } from '../names.ts';
import { finishFrames, keepFrames, restoreUplink } from '../offloads.ts';
import { raiseStubs } from '../raise-stubs.ts';
import { removeAll, type Step } from '../remove-all.ts';
import { stubChanges, stubsOf } from '../stubs.ts';
import type { OvsOptions } from './options.ts';
import {
  bridgeOf,
  checkBridge,
  checkUplink,
  lacking,
  stubPort,
  surplus,
  trunkBridge,
  trunkOwner,
  uplinkPort,
} from './trunk.ts';

/** Bytes of a tag that a tenant's own frame may bear beyond its MTU. */
const tagLength = 4;

/** The edge by Open vSwitch, whose database keeps what it is told: frames pass while nobody watches. */
export class OvsEdge implements Edge {
  readonly overhead = 0;
  readonly #uplink: string;
  readonly #folder: string;
  readonly #own: string | undefined;
  readonly #openVswitch = new OpenVswitch();
  readonly #turns = new Turns();

  constructor({ uplink, folder, options }: EdgeSettings<OvsOptions>) {
    this.#uplink = uplink;
    this.#folder = path.join(folder, 'ovs');
    this.#own = options.bridge;
  }

  apply(ports: readonly IngressPort[]): Promise<Refused> {
    return this.#turns.take('edge', () => this.#apply(ports));
  }

  async #apply(ports: readonly IngressPort[]): Promise<Refused> {
    const openVswitch = this.#openVswitch;
    const links = await linksOf();
    const found = checkPorts(ports, this.#uplink, links);
    const state = await openVswitch.read();
    const bridge = this.#own ?? trunkBridge;
    if (this.#own) checkBridge(this.#own, found, state);
    else checkUplink(found, openVswitch.datapathType, await addressesOf(this.#uplink));

    const changes = stubChanges(ports, links, found.mtu + tagLength);
    const made = new Set(changes.flatMap((line) => /^link add (\S+)/.exec(line)?.[1] ?? []));
    const uplinks = this.#own || ports.length === 0 ? [] : [uplinkPort(ports, found)];
    // Open vSwitch does not see that an interface is another of the same name.
    for (const name of [...surplus([...ports.map(stubPort), ...uplinks], state), ...made])
      await this.#unplug(name);
    await ipBatch(host, changes);
    const missing = lacking(ports, state, bridge, made);
    if (openVswitch.datapathType === 'netdev') await this.#readBySockets(ports, missing);
    await raiseStubs(changes.length > 0 ? await linksOf() : links);
    if (!this.#own && ports.length > 0) await openVswitch.settleBridge(bridgeOf(ports, found));
    for (const port of missing) await openVswitch.settlePort(bridge, stubPort(port));
    for (const port of uplinks) await openVswitch.settlePort(bridge, port);
    if (ports.length === 0) await openVswitch.removeBridge(trunkBridge, trunkOwner);
    return noneRefused;
  }

  /** Frames are counted where they leave and enter a stub, as they are on a wire. */
  async counters(): Promise<readonly PortCounters[]> {
    const links = await linksOf();
    return stubsOf(links).map(({ ifname, stats64 }) => {
      const vlan = Number(ifname.slice(stubName(0).length - 1));
      const { toWire, fromWire } = lost(vlan, links);
      return {
        vlan,
        toWire: { ...passed(stats64?.rx), dropped: toWire },
        fromWire: { ...passed(stats64?.tx), dropped: fromWire },
      };
    });
  }

  stop(): Promise<void> {
    return this.#turns.take('edge', async () => {
      const links = await linksOf();
      const stubs = stubsOf(links).map(({ ifname }) => ifname);
      const steps: Step[] = [
        () => this.#leave(),
        ...stubs.map((name) => () => unguardPorts([name])),
        () =>
          ipBatch(
            host,
            stubs.map((name) => `link del ${name}`),
          ),
        () => restoreUplink(this.#folder),
        () => this.#openVswitch.close(),
      ];
      await removeAll(steps);
    });
  }

  settleOwed(): Promise<string | undefined> {
    return this.#turns.take('edge', async () => {
      try {
        await this.#leave();
        return (await this.#isThere())
          ? `bridge ${this.#own ?? trunkBridge} of Open vSwitch, which does not run, with the edge’s ports`
          : undefined;
      } finally {
        // It is asked of edges that nothing else is asked of.
        await this.#openVswitch.close();
      }
    });
  }

  /** Whether Open vSwitch has something of the edge’s, or may come back with it. */
  async #isThere(): Promise<boolean> {
    const state = await this.#openVswitch.read().catch(() => undefined);
    if (!state) return this.#openVswitch.mayComeBack;
    return state.bridges.has(trunkBridge) || surplus([], state).length > 0;
  }

  /** Takes away what Open vSwitch has of it, if that runs. */
  async #leave(): Promise<void> {
    try {
      for (const name of surplus([], await this.#openVswitch.read())) await this.#unplug(name);
      await this.#openVswitch.removeBridge(trunkBridge, trunkOwner);
    } catch (error) {
      if (!(await this.#openVswitch.isAway())) throw error;
    }
    await this.#abandon();
  }

  /** An ovs-vswitchd that does not run any more has left the interface of the bridge, a TAP with the uplink's address. */
  async #abandon(): Promise<void> {
    const links = await linksOf();
    const uplink = links.find(({ ifname }) => ifname === this.#uplink);
    const left = links.find(({ ifname }) => ifname === trunkBridge);
    if (left?.linkinfo?.info_kind === 'tun' && left.address === uplink?.address)
      await deleteLinks(host, [trunkBridge]);
  }

  /** What ovs-vswitchd needs where it reads ports by packet sockets. */
  async #readBySockets(ports: readonly IngressPort[], missing: readonly IngressPort[]): Promise<void> {
    const guarded = await guardedPorts();
    for (const { vlan } of missing) await finishFrames(portName(vlan));
    const bare = ports.filter((port) => missing.includes(port) || !guarded.has(stubName(port.vlan)));
    await guardPorts(bare.map(({ vlan }) => stubName(vlan)));
    await keepFrames(this.#uplink, this.#folder);
  }

  async #unplug(name: string): Promise<void> {
    await this.#openVswitch.removePort(name, trunkOwner);
  }
}

function linksOf(): Promise<Link[]> {
  return ipJson<Link>(host, ['-s', 'link', 'show']);
}

async function addressesOf(name: string): Promise<AddressedLink['addr_info']> {
  const [link] = await ipJson<AddressedLink>(host, ['address', 'show', 'dev', name]);
  return link?.addr_info ?? [];
}

function passed(counters: { packets: number; bytes: number } | undefined) {
  return { packets: counters?.packets ?? 0, bytes: counters?.bytes ?? 0 };
}
