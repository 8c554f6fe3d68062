import { etarch } from './etarch/etarch.ts';
import { ip } from './ip/ip.ts';
import { linux } from './linux/linux.ts';
import { sdn } from './sdn/sdn.ts';
import type { Archetype } from './standard/archetype.ts';

/** Every archetype. One that uses others comes after them. */
export const archetypes: readonly Archetype[] = [linux, ip, sdn, etarch];

/** Whether endpoints on networks of an archetype have IP addresses, and names for them. */
export function carriesIp(name: string): boolean {
  return archetypes.some((archetype) => archetype.name === name && archetype.carriesIp);
}

/** Whether the switch of a network is Open vSwitch, by its archetype and what its options ask for. */
export function isOpenVswitch(name: string, options: Readonly<Record<string, unknown>> = {}): boolean {
  const { switch: asked } = options as { readonly switch?: { readonly kind?: unknown } };
  const own = archetypes.some((archetype) => archetype.name === name && archetype.openVswitch === true);
  return own || asked?.kind === 'openvswitch';
}
