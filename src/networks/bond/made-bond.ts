import { rmSync } from 'node:fs';
import { bootId } from '../../lib/boot-id.ts';
import { HeddleError } from '../../lib/errors.ts';
import { type AddressedLink, ipBatch, ipJson } from '../ip.ts';
import { host } from '../linux/links.ts';
import { addressCommands } from './addresses.ts';
import type { BondDriver, BondWish } from './bond-driver.ts';
import { bondDrivers, chosenDriver } from './drivers.ts';
import { hasKernelBond } from './kernel/kernel-bond.ts';
import { judgeLinks } from './links.ts';
import { type Made, note, noted, notedLinks } from './made-note.ts';
import { routedInterfaces } from './routed-interfaces.ts';

/** A bond on this host: its driver makes it, and its interface gets its addresses. */
export class MadeBond {
  readonly #wish: BondWish;
  readonly #folder: string;
  /** Nothing: it was not decided yet. */
  driver: BondDriver | undefined;
  /** Why links cannot be members, by their names. */
  refused: ReadonlyMap<string, string> = new Map();
  mtu: number | null = null;
  addresses: readonly string[] = [];

  constructor(wish: BondWish, folder: string) {
    this.#wish = wish;
    this.#folder = folder;
  }

  /** @throws HeddleError ERR_NETWORK, ERR_OVS */
  async apply(): Promise<void> {
    const wish = this.#wish;
    const before = noted(this.#folder);
    const driver = bondDrivers[chosenDriver(wish, hasKernelBond(), before?.driver)];
    this.driver = driver;
    // Before anything that works is taken away: whether it can make one at all.
    const usedElsewhere = await driver.usedElsewhere(wish.name);
    const all = await ipJson<AddressedLink>(host, ['address', 'show']);
    await this.#expectOwn(driver, all, before);
    const own = new Set(before?.links ?? notedLinks(this.#folder));
    const routed = await routedInterfaces();
    const { able, refused } = judgeLinks(wish, all, { own, routed, usedElsewhere });
    this.refused = refused;
    if (before && before.driver !== driver.name) await MadeBond.remove(wish.name, this.#folder);
    const [first] = able;
    const mac = before?.mac ?? first?.address;
    if (first && mac !== undefined) {
      const names = able.map(({ ifname }) => ifname);
      const about = { driver: driver.name, mac, boot: bootId() };
      const addresses = [...new Set([...(before?.addresses ?? []), ...wish.addresses])];
      const index = all.find(({ ifname }) => ifname === wish.name)?.ifindex;
      note(this.#folder, { ...about, links: [...new Set([...own, ...names])], addresses, ...indexed(index) });
      await driver.apply({ wish, links: able, mac }, this.#folder);
      const gone = [...own].filter((link) => !names.includes(link));
      await driver.release(gone, this.#folder);
      const made = await this.#address(before?.addresses ?? []);
      note(this.#folder, {
        ...about,
        links: names,
        addresses: [...wish.addresses],
        ...indexed(made?.ifindex),
      });
    }
  }

  /**
   * Takes away what was made under its name, and leaves its links as they were.
   * @throws HeddleError ERR_NETWORK, ERR_OVS
   */
  static async remove(name: string, folder: string): Promise<void> {
    const before = noted(folder);
    const links = before?.links ?? notedLinks(folder);
    // Where the note was spoilt, each driver knows its own.
    for (const driver of before ? [bondDrivers[before.driver]] : Object.values(bondDrivers)) {
      const all = await ipJson<AddressedLink>(host, ['address', 'show']);
      const there = all.find(({ ifname }) => ifname === name);
      if (there && !(await driver.isBond(there, known(before, there)))) continue;
      await driver.remove(name, before?.mac);
      await driver.release(links, folder);
    }
    rmSync(folder, { recursive: true, force: true });
  }

  /** What of it comes back by itself, whatever is done, in words. */
  static async owed(name: string, folder: string): Promise<string | undefined> {
    return bondDrivers[noted(folder)?.driver ?? 'ovs'].owed(name);
  }

  /** Its interface, with its addresses. */
  async #address(before: readonly string[]): Promise<AddressedLink | undefined> {
    const { name, addresses } = this.#wish;
    const all = await ipJson<AddressedLink>(host, ['address', 'show']);
    const bond = all.find(({ ifname }) => ifname === name);
    this.mtu = bond?.mtu ?? null;
    this.addresses = bond ? addresses : [];
    if (bond) await ipBatch(host, addressCommands(this.#wish, bond, before));
    return bond;
  }

  /** @throws HeddleError ERR_NETWORK where an interface of that name is there that is somebody else’s */
  async #expectOwn(
    driver: BondDriver,
    all: readonly AddressedLink[],
    before: Made | undefined,
  ): Promise<void> {
    const { name } = this.#wish;
    const link = all.find(({ ifname }) => ifname === name);
    const made = before && bondDrivers[before.driver];
    if (!link || (await (made ?? driver).isBond(link, known(before, link)))) return;
    const kind = link.linkinfo?.info_kind ?? 'of the host';
    throw new HeddleError('ERR_NETWORK', `bond ${name}: an interface (${kind}) of that name is there`, {
      hint: 'give the bond another name in the node’s settings: uplinks',
    });
  }
}

/** What was noted of an interface, if it was of this one. */
function known(before: Made | undefined, { ifindex }: AddressedLink) {
  if (!before) return undefined;
  const isSame = before.boot === bootId() && (before.ifindex === undefined || before.ifindex === ifindex);
  return { mac: before.mac, isSame };
}

function indexed(ifindex: number | undefined): Pick<Made, 'ifindex'> {
  return ifindex === undefined ? {} : { ifindex };
}
