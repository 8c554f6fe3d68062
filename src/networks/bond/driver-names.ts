/** What can make a bond: the kernel’s own device, or Open vSwitch. */
export const bondDriverNames = ['kernel', 'ovs'] as const;
export type BondDriverName = (typeof bondDriverNames)[number];
