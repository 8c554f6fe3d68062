import { HeddleError } from '../../lib/errors.ts';
import type { BondDriver } from './bond-driver.ts';
import type { BondDriverName } from './driver-names.ts';
import { kernelBond } from './kernel/kernel-bond.ts';
import { ovsBond } from './ovs/ovs-bond.ts';
import type { BondSettings } from './settings.ts';

export const bondDrivers: Readonly<Record<BondDriverName, BondDriver>> = { kernel: kernelBond, ovs: ovsBond };

/**
 * Which makes a bond: that which was said; else the one that has made it, as long as that can do what is asked: what is there goes on.
 * Pure.
 * @param before which has made it
 * @throws HeddleError ERR_NETWORK where none can do what is asked
 */
export function chosenDriver(
  { driver, detect, hash }: Pick<BondSettings, 'driver' | 'detect' | 'hash'>,
  hasKernelBond: boolean,
  before?: BondDriverName,
): BondDriverName {
  if (driver !== undefined) return driver;
  const able = [
    ...(hasKernelBond && detect === undefined ? (['kernel'] as const) : []),
    ...(hash === 'layer3+4' ? (['ovs'] as const) : []),
  ];
  const [first] = able;
  if (first === undefined)
    throw new HeddleError(
      'ERR_NETWORK',
      `this kernel has no bond, and Open vSwitch chooses links by layer3+4 alone, not by ${hash}`,
      { hint: 'leave `hash` out, or load the kernel’s module: modprobe bonding' },
    );
  return before !== undefined && able.includes(before as 'kernel') ? before : first;
}
