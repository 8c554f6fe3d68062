import path from 'node:path';
import { type AddressedLink, deleteLinks, ipBatch } from '../../ip.ts';
import { host, linkNamed } from '../../linux/links.ts';
import { guardedPorts, guardPorts, unguardPorts } from '../../linux/ovs-port-guard.ts';
import { keepFrames, restoreUplink } from '../../nve/offloads.ts';
import { OpenVswitch } from '../../ovs/open-vswitch.ts';
import { askVswitchd } from '../../ovs/vswitchd.ts';
import type { BondDriver, BondSight, BondWish } from '../bond-driver.ts';
import { keepQuiet, unkeepQuiet } from '../quiet-link.ts';
import { parseLacpShow, parseLacpStats } from './lacp-show.ts';

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
  readonly #openVswitch = new OpenVswitch();

  get cost(): string | undefined {
    return this.#openVswitch.datapathType === 'netdev'
      ? 'Open vSwitch outside the kernel carries it: each packet costs CPU, and a fast link carries less than it could'
      : undefined;
  }

  async apply(wish: BondWish, links: readonly AddressedLink[], folder: string): Promise<void> {
    const openVswitch = this.#openVswitch;
    const [first] = links;
    if (!first) return;
    const bridge = bridgeOf(wish, links);
    if (openVswitch.datapathType === 'netdev') await this.#readBySockets(links, folder);
    for (const { ifname } of links) keepQuiet(ifname, path.join(folder, ifname));
    await ipBatch(
      host,
      links.filter(({ flags }) => !flags.includes('UP')).map(({ ifname }) => `link set ${ifname} up`),
    );
    await openVswitch.settleBridge(bridge);
    await openVswitch.settleBond(wish.name, {
      name: portOf(wish.name),
      owner,
      members: links.map(({ ifname, ifindex }) => ({ name: ifname, ifindex })),
      rate: wish.rate,
      ...(wish.detect !== undefined && { bfdInterval: Math.floor(wish.detect / multiplier) }),
    });
    await ipBatch(host, [`link set ${wish.name} up`]);
  }

  async look({ name, links }: BondWish): Promise<BondSight | undefined> {
    const seen = await this.#openVswitch.members(links);
    if (!(await this.#openVswitch.read()).bridges.get(name)?.bonds.has(portOf(name))) return undefined;
    const [shown, stats] = await Promise.all([
      askVswitchd('lacp/show', portOf(name)),
      askVswitchd('lacp/show-stats', portOf(name)),
    ]);
    const lacp = parseLacpShow(shown);
    const falls = parseLacpStats(stats);
    return {
      actor: lacp.actor,
      members: seen.map(({ name: link, hasCarrier, speed, bfd, error }) => {
        const heard = lacp.members.find((one) => one.name === link);
        return {
          name: link,
          hasCarrier,
          speed,
          isHeard: heard?.isCurrent ?? false,
          partner: heard?.partner,
          bfd: bfd?.isUp,
          // As ovs-vswitchd decides it of a bond’s member.
          isUsed: hasCarrier && heard?.isEnabled === true && bfd?.isUp !== false,
          falls: Math.max(falls.get(link) ?? 0, Math.floor((bfd?.changes ?? 0) / 2)),
          error,
        };
      }),
    };
  }

  async remove(name: string, links: readonly string[], folder: string): Promise<void> {
    try {
      await this.#openVswitch.removeBridge(name, owner);
    } catch (error) {
      // What its database has of it, it brings back when it runs again.
      if (!(await this.#openVswitch.isAway()) || this.#openVswitch.mayComeBack) throw error;
    }
    await this.#abandon(name);
    await unguardPorts(links);
    for (const link of links) {
      await restoreUplink(path.join(folder, link));
      unkeepQuiet(link, path.join(folder, link));
    }
  }

  /** An ovs-vswitchd that does not run any more has left the interface of the bridge, a TAP. */
  async #abandon(name: string): Promise<void> {
    const left = await linkNamed(host, name);
    if (left?.linkinfo?.info_kind === 'tun') await deleteLinks(host, [name]);
  }

  /** What ovs-vswitchd needs where it reads ports by packet sockets. */
  async #readBySockets(links: readonly AddressedLink[], folder: string): Promise<void> {
    const guarded = await guardedPorts();
    await guardPorts(links.map(({ ifname }) => ifname).filter((name) => !guarded.has(name)));
    for (const { ifname } of links) await keepFrames(ifname, path.join(folder, ifname));
  }
}

export const ovsBond: BondDriver = new OvsBond();

/** The port of all links: no interface has its name. */
function portOf(name: string): string {
  return `${name}-links`;
}

function bridgeOf(
  { name }: BondWish,
  [first, ...more]: readonly AddressedLink[],
): Parameters<OpenVswitch['settleBridge']>[0] {
  // As the kernel’s bond has it: the address of the first.
  const mac = first?.address ?? '';
  const mtu = Math.min(...[first, ...more].flatMap((link) => link?.mtu ?? []));
  return { name, owner, controllers: [], mac, mtu, datapathId: `0000${mac.replaceAll(':', '')}` };
}
