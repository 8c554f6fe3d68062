import { existsSync, readFileSync } from 'node:fs';
import { HeddleError } from '../../../lib/errors.ts';
import { type AddressedLink, deleteLinks, ipBatch, ipJson } from '../../ip.ts';
import { host } from '../../linux/links.ts';
import type { BondDriver, BondPlan, BondSight, BondWish } from '../bond-driver.ts';
import { type BondLink, bondCommands } from './plan.ts';
import { parseProcBonding } from './proc-bonding.ts';

/** The kernel’s own device (Documentation/networking/bonding.rst): what it is told goes on while nobody watches. */
class KernelBond implements BondDriver {
  readonly name = 'kernel';
  readonly cost = undefined;

  async usedElsewhere(): Promise<ReadonlyMap<string, string>> {
    // Who has an interface is its master.
    if (hasKernelBond()) return new Map();
    throw new HeddleError('ERR_NETWORK', 'this kernel has no bond', {
      hint: 'load its module (modprobe bonding), or say driver: ovs',
    });
  }

  /** Nothing marks it: an interface that was not made in this boot under this index is another’s. */
  async isBond({ linkinfo }: AddressedLink, made?: { readonly isSame: boolean }): Promise<boolean> {
    return linkinfo?.info_kind === 'bond' && made?.isSame === true;
  }

  async apply({ wish, links, mac }: BondPlan): Promise<void> {
    const all = await ipJson<BondLink>(host, ['link', 'show']);
    const names = links.map(({ ifname }) => ifname);
    await ipBatch(host, bondCommands(wish, { links: names, mac }, all));
  }

  async look({ name }: BondWish): Promise<BondSight | undefined> {
    const file = `/proc/net/bonding/${name}`;
    return existsSync(file) ? parseProcBonding(readFileSync(file, 'utf8')) : undefined;
  }

  /** The kernel shuts a link that leaves a bond. */
  async release(links: readonly string[]): Promise<void> {
    const all = await ipJson<BondLink>(host, ['link', 'show']);
    const there = all.filter(({ ifname, master }) => links.includes(ifname) && master === undefined);
    await ipBatch(
      host,
      there.map(({ ifname }) => `link set ${ifname} up`),
    );
  }

  async remove(name: string): Promise<void> {
    await deleteLinks(host, [name]);
  }

  async owed(): Promise<undefined> {
    return undefined;
  }
}

export const kernelBond: BondDriver = new KernelBond();

/** Whether this kernel can make bonds: the module is there, or was built in. */
export function hasKernelBond(): boolean {
  return existsSync('/sys/class/net/bonding_masters') || existsSync('/proc/net/bonding') || isModuleThere();
}

function isModuleThere(): boolean {
  const release = readFileSync('/proc/sys/kernel/osrelease', 'utf8').trim();
  return ['modules.dep', 'modules.builtin'].some((name) => {
    const file = `/lib/modules/${release}/${name}`;
    return existsSync(file) && readFileSync(file, 'utf8').includes('/bonding.ko');
  });
}
