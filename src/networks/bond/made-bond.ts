import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { HeddleError } from '../../lib/errors.ts';
import { replaceFile } from '../../lib/replace-file.ts';
import { type AddressedLink, ipBatch, ipJson } from '../ip.ts';
import { host } from '../linux/links.ts';
import { addressCommands } from './addresses.ts';
import type { BondDriver, BondWish } from './bond-driver.ts';
import { type BondDriverName, bondDriverNames } from './driver-names.ts';
import { bondDrivers } from './drivers.ts';
import { judgeLinks } from './links.ts';

/** What was made on this host, whichever process has made it. */
interface Made {
  readonly driver: BondDriverName;
  readonly links: readonly string[];
  readonly addresses: readonly string[];
}

/** A bond on this host: its driver makes it, and its interface gets its addresses. */
export class MadeBond {
  readonly driver: BondDriver;
  readonly #wish: BondWish;
  readonly #folder: string;
  /** Why links cannot be members, by their names. */
  refused: ReadonlyMap<string, string> = new Map();
  mtu: number | null = null;
  addresses: readonly string[] = [];
  /** What is amiss with it as a whole, although it was made. */
  trouble: string | undefined;

  constructor(wish: BondWish, driver: BondDriver, folder: string) {
    this.#wish = wish;
    this.driver = driver;
    this.#folder = folder;
  }

  /** @throws HeddleError ERR_NETWORK, ERR_OVS */
  async apply(): Promise<void> {
    const { name } = this.#wish;
    const all = await ipJson<AddressedLink>(host, ['address', 'show']);
    const { able, refused } = judgeLinks(this.#wish, all);
    this.refused = refused;
    await this.#note(all);
    if (able.length > 0) await this.driver.apply(this.#wish, able, this.#folder);
    const after = await ipJson<AddressedLink>(host, ['address', 'show']);
    const bond = after.find(({ ifname }) => ifname === name);
    if (bond) await ipBatch(host, addressCommands(this.#wish, bond, noted(this.#folder)?.addresses ?? []));
    this.#noteAll();
    this.mtu = bond?.mtu ?? null;
    this.addresses = bond ? this.#wish.addresses : [];
  }

  /** Takes away what was made under its name. @throws HeddleError ERR_NETWORK, ERR_OVS */
  static async remove(name: string, folder: string): Promise<void> {
    const before = noted(folder);
    // Where the note was spoilt, each driver knows its own.
    const drivers = before ? [bondDrivers[before.driver]] : Object.values(bondDrivers);
    for (const driver of drivers) await driver.remove(name, before?.links ?? [], folder);
    rmSync(folder, { recursive: true, force: true });
  }

  /** Notes what is about to be made; what another driver has made is gone before. */
  async #note(all: readonly AddressedLink[]): Promise<void> {
    const { name } = this.#wish;
    const before = noted(this.#folder);
    if (!before && !existsSync(this.#folder)) refuseTaken(name, all);
    const gone = before?.links.filter((link) => !this.#wish.links.includes(link)) ?? [];
    if (before && (before.driver !== this.driver.name || gone.length > 0))
      await MadeBond.remove(name, this.#folder);
    const addresses = [...new Set([...(before?.addresses ?? []), ...this.#wish.addresses])];
    this.#write({ driver: this.driver.name, links: this.#wish.links, addresses });
  }

  /** Others than these were taken away. */
  #noteAll(): void {
    const { links, addresses } = this.#wish;
    this.#write({ driver: this.driver.name, links, addresses });
  }

  #write(made: Made): void {
    const text = JSON.stringify(made);
    if (existsSync(fileOf(this.#folder)) && readFileSync(fileOf(this.#folder), 'utf8') === text) return;
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
    replaceFile(fileOf(this.#folder), text, 0o600);
  }
}

/** @throws HeddleError ERR_NETWORK where an interface of that name is there that no bond was noted for */
function refuseTaken(name: string, all: readonly AddressedLink[]): void {
  const link = all.find(({ ifname }) => ifname === name);
  if (!link) return;
  const kind = link.linkinfo?.info_kind ?? 'of the host';
  throw new HeddleError('ERR_NETWORK', `bond ${name}: an interface (${kind}) of that name is there`, {
    hint: 'give the bond another name in the node’s settings: uplinks',
  });
}

/** What somebody has spoilt is as good as nothing. */
function noted(folder: string): Made | undefined {
  const file = fileOf(folder);
  if (!existsSync(file)) return undefined;
  try {
    const found = JSON.parse(readFileSync(file, 'utf8')) as Made;
    const isFine = bondDriverNames.includes(found.driver) && [found.links, found.addresses].every(isTexts);
    return isFine ? found : undefined;
  } catch {
    return undefined;
  }
}

function isTexts(value: unknown): boolean {
  return Array.isArray(value) && value.every((one) => typeof one === 'string');
}

function fileOf(folder: string): string {
  return path.join(folder, 'made.json');
}
