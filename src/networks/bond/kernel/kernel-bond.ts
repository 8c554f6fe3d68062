import { existsSync, readFileSync } from 'node:fs';
import { type AddressedLink, deleteLinks, ipBatch, ipJson } from '../../ip.ts';
import { host } from '../../linux/links.ts';
import type { BondDriver, BondSight, BondWish } from '../bond-driver.ts';
import { type BondLink, bondCommands } from './plan.ts';
import { parseProcBonding } from './proc-bonding.ts';

/** The kernel’s own device (Documentation/networking/bonding.rst): what it is told goes on while nobody watches. */
class KernelBond implements BondDriver {
  readonly name = 'kernel';
  readonly cost = undefined;

  async apply(wish: BondWish, links: readonly AddressedLink[]): Promise<void> {
    const all = await ipJson<BondLink>(host, ['link', 'show']);
    await ipBatch(
      host,
      bondCommands(
        wish,
        links.map(({ ifname }) => ifname),
        all,
      ),
    );
  }

  async look({ name }: BondWish): Promise<BondSight | undefined> {
    const file = `/proc/net/bonding/${name}`;
    return existsSync(file) ? parseProcBonding(readFileSync(file, 'utf8')) : undefined;
  }

  async remove(name: string): Promise<void> {
    const all = await ipJson<BondLink>(host, ['link', 'show']);
    if (all.some(({ ifname, linkinfo }) => ifname === name && linkinfo?.info_kind === 'bond'))
      await deleteLinks(host, [name]);
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
