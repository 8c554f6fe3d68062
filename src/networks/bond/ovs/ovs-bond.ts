import path from 'node:path';
import { HeddleError } from '../../../lib/errors.ts';
import { type AddressedLink, deleteLinks, ipBatch, ipJson, type Link } from '../../ip.ts';
import { host, linkNamed } from '../../linux/links.ts';
import { guardedPorts, guardPorts, unguardPorts } from '../../linux/ovs-port-guard.ts';
import { keepFrames, restoreUplink } from '../../nve/offloads.ts';
import { OpenVswitch } from '../../ovs/open-vswitch.ts';
import { isMember } from '../../ovs/plan-bond.ts';
import type { SwitchState } from '../../ovs/switch-state.ts';
import { askVswitchd } from '../../ovs/vswitchd.ts';
import type { BondDriver, BondPlan, BondSight, BondWish } from '../bond-driver.ts';
import { keepQuiet, unkeepQuiet } from '../quiet-link.ts';
import { parseLacpShow, parseLacpStats } from './lacp-show.ts';
import { precede, unprecede } from './precedence.ts';

/** As whose its bridges and ports are marked. */
const owner = 'bond';
/** Packets of BFD that may be missing before a link is down (RFC 5880, 6.8.4). */
const multiplier = 3;

/**
 * A bond by Open vSwitch: a bridge with the bond’s name, whose own interface is the host’s, and which has nothing but one port of all
 * links. What its database says goes on while nobody watches.
 */
class OvsBond implements BondDriver {
  readonly name = 'ovs';
  #asked: OpenVswitch | undefined;

  /** Not before it is asked something: where it is, the environment says. */
  get #openVswitch(): OpenVswitch {
    this.#asked ??= new OpenVswitch();
    return this.#asked;
  }

  get cost(): string | undefined {
    return this.#openVswitch.datapathType === 'netdev'
      ? 'Open vSwitch outside the kernel carries it: each packet costs CPU, and a fast link carries less than it could'
      : undefined;
  }

  async usedElsewhere(name: string): Promise<ReadonlyMap<string, string>> {
    const { bridges } = await this.#openVswitch.read();
    await askVswitchd('version');
    return new Map(
      [...bridges.values()].flatMap(({ name: bridge, ports, bonds }) => {
        const others = [...bonds.values()].filter((bond) => bridge !== name || bond.name !== portOf(name));
        const members = others.flatMap((bond) => bond.members.map((member) => member.name));
        return [...ports.keys(), ...members].map((one) => [one, `bridge ${bridge} of Open vSwitch`] as const);
      }),
    );
  }

  /** Its database says it; what a database that was lost has left behind is a TAP with the bond’s address. */
  async isBond({ ifname, address, linkinfo }: AddressedLink, made?: { readonly mac: string }) {
    const state = await this.#openVswitch.read().catch(() => undefined);
    if (state?.bridges.get(ifname)?.externalIds['heddle'] === owner) return true;
    return linkinfo?.info_kind === 'tun' && address === made?.mac;
  }

  async apply({ wish, links, mac }: BondPlan, folder: string): Promise<void> {
    const openVswitch = this.#openVswitch;
    const state = await openVswitch.read();
    const isBySockets = openVswitch.datapathType === 'netdev';
    const port = state.bridges.get(wish.name)?.bonds.get(portOf(wish.name));
    // What was said of an interface that was made anew is of the one before.
    const fresh = new Set(links.filter((link) => !port || !isMember(port, link)).map(({ ifname }) => ifname));
    if (isBySockets) await this.#readBySockets(links, fresh, folder);
    await precede([...fresh]);
    for (const { ifname } of links) keepQuiet(ifname, path.join(folder, ifname));
    await ipBatch(
      host,
      links.filter(({ flags }) => !flags.includes('UP')).map(({ ifname }) => `link set ${ifname} up`),
    );
    await openVswitch.settleBridge(bridgeOf(wish, links, mac, state));
    await openVswitch.settleBond(wish.name, {
      name: portOf(wish.name),
      owner,
      members: links.map(({ ifname, ifindex }) => ({ name: ifname, ifindex })),
      rate: wish.rate,
      ...(wish.detect !== undefined && { bfdInterval: Math.floor(wish.detect / multiplier) }),
    });
    if (!isBySockets) await this.#readByKernel(links, folder);
    await ipBatch(host, [`link set ${wish.name} up`]);
  }

  async look({ name, links, detect }: BondWish): Promise<BondSight | undefined> {
    const seen = await this.#openVswitch.members(portOf(name), links);
    if (!seen) return undefined;
    const [shown, stats] = await Promise.all([
      askVswitchd('lacp/show', portOf(name)),
      askVswitchd('lacp/show-stats', portOf(name)),
    ]);
    const lacp = parseLacpShow(shown);
    const falls = parseLacpStats(stats);
    // Asked after what comes of it, and of the kernel: a link that was pulled meanwhile would be one that is silent.
    const all = await ipJson<Link>(host, ['-s', '-s', 'link', 'show']);
    return {
      actor: lacp.actor,
      members: seen.flatMap(({ name: link, speed, bfd, error, ...one }) => {
        const { isPulled, pulls } = carrierOf(all.find(({ ifname }) => ifname === link));
        const hasCarrier = one.hasCarrier && !isPulled;
        const heard = lacp.members.find((one) => one.name === link);
        if (!heard && error === undefined) return [];
        const isThrough = detect === undefined ? undefined : (bfd?.isUp ?? false);
        return [
          {
            name: link,
            hasCarrier,
            speed,
            isHeard: heard?.isCurrent ?? false,
            partner: heard?.partner,
            bfd: isThrough,
            // As ovs-vswitchd decides it of a bond’s member.
            isUsed: hasCarrier && heard?.isEnabled === true && isThrough !== false,
            falls: [falls.get(link) ?? 0, Math.floor((bfd?.changes ?? 0) / 2), pulls],
            error,
          },
        ];
      }),
    };
  }

  async release(links: readonly string[], folder: string): Promise<void> {
    await unguardPorts(links);
    await unprecede(links);
    for (const link of links) {
      await restoreUplink(path.join(folder, link));
      unkeepQuiet(link, path.join(folder, link));
    }
  }

  async remove(name: string, mac: string | undefined): Promise<void> {
    try {
      await this.#openVswitch.removeBridge(name, owner);
    } catch (error) {
      // What its database has of it, it brings back when it runs again.
      if (!(await this.#openVswitch.isAway()) || (await this.owed(name)) !== undefined) throw error;
    }
    // An ovs-vswitchd that does not run any more has left the interface of the bridge, a TAP.
    const left = await linkNamed(host, name);
    if (left?.linkinfo?.info_kind === 'tun' && left.address === mac) await deleteLinks(host, [name]);
  }

  async owed(name: string): Promise<string | undefined> {
    const isAway = await this.#openVswitch.isAway();
    return isAway && this.#openVswitch.mayComeBack
      ? `bond ${name}, a bridge of Open vSwitch, which does not run`
      : undefined;
  }

  /** What ovs-vswitchd needs where it reads ports by packet sockets. */
  async #readBySockets(
    links: readonly AddressedLink[],
    fresh: ReadonlySet<string>,
    folder: string,
  ): Promise<void> {
    const guarded = await guardedPorts();
    const names = links.map(({ ifname }) => ifname);
    await guardPorts(names.filter((name) => fresh.has(name) || !guarded.has(name)));
    for (const name of names) await keepFrames(name, path.join(folder, name));
  }

  /** What was done for sockets, before the kernel’s module was there, would keep all from it. */
  async #readByKernel(links: readonly AddressedLink[], folder: string): Promise<void> {
    const guarded = await guardedPorts();
    await unguardPorts(links.map(({ ifname }) => ifname).filter((name) => guarded.has(name)));
    for (const { ifname } of links) await restoreUplink(path.join(folder, ifname));
  }
}

export const ovsBond: BondDriver = new OvsBond();

/** As the kernel knows it: it counts each time that it went and each that it came. */
function carrierOf(link: Link | undefined): { readonly isPulled: boolean; readonly pulls: number } {
  const flags = link?.flags ?? ['NO-CARRIER'];
  const isPulled = flags.includes('NO-CARRIER') || !flags.includes('UP');
  return { isPulled, pulls: Math.floor((link?.stats64?.tx.carrier_changes ?? 0) / 2) };
}

/** The port of all links: no interface has its name. */
function portOf(name: string): string {
  return `${name}-links`;
}

/** @throws HeddleError ERR_NETWORK where no link says what a frame may have */
function bridgeOf(
  { name, links }: BondWish,
  there: readonly AddressedLink[],
  mac: string,
  { bridges }: SwitchState,
): Parameters<OpenVswitch['settleBridge']>[0] {
  // One that is away now may come back, with what it can carry.
  const before = there.length < links.length ? bridges.get(name)?.ports.get(name)?.mtuRequest : undefined;
  const mtu = Math.min(...there.map((link) => link.mtu), before ?? Number.POSITIVE_INFINITY);
  if (!Number.isFinite(mtu)) throw new HeddleError('ERR_NETWORK', `bond ${name} has no links`);
  return { name, owner, controllers: [], mac, mtu, datapathId: `0000${mac.replaceAll(':', '')}` };
}
