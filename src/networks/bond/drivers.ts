import type { BondDriver } from './bond-driver.ts';
import type { BondDriverName } from './driver-names.ts';
import { kernelBond } from './kernel/kernel-bond.ts';
import { ovsBond } from './ovs/ovs-bond.ts';
import type { BondSettings } from './settings.ts';

export const bondDrivers: Readonly<Record<BondDriverName, BondDriver>> = { kernel: kernelBond, ovs: ovsBond };

/** Which makes a bond: that which was said, or the one that can do what was. Pure. */
export function chosenDriver(
  { driver, detect }: Pick<BondSettings, 'driver' | 'detect'>,
  hasKernelBond: boolean,
): BondDriverName {
  if (driver !== undefined) return driver;
  return hasKernelBond && detect === undefined ? 'kernel' : 'ovs';
}
