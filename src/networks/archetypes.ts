import { etarch } from './etarch/etarch.ts';
import { ip } from './ip/ip.ts';
import { linux } from './linux/linux.ts';
import { mesh } from './mesh/mesh.ts';
import { overlay } from './overlay/overlay.ts';
import { routed } from './routed/routed.ts';
import { sdn } from './sdn/sdn.ts';
import type { Archetype } from './standard/archetype.ts';

/** Every archetype. One that uses others comes after them. */
export const archetypes: readonly Archetype[] = [linux, ip, overlay, routed, mesh, sdn, etarch];

/** Whether endpoints on networks of an archetype have IP addresses, and names for them. */
export function carriesIp(name: string): boolean {
  return archetypes.some((archetype) => archetype.name === name && archetype.carriesIp);
}

/** Whether networks of an archetype are between hosts by themselves. */
export function spansHosts(name: string): boolean {
  return archetypes.some((archetype) => archetype.name === name && archetype.spansHosts === true);
}

/** Why no function can stand in the path of an endpoint on such a network; options that cannot be are refused elsewhere. */
export function whyNotLed(name: string, options: Readonly<Record<string, unknown>> = {}): string | undefined {
  const archetype = archetypes.find((one) => one.name === name);
  if (archetype && !archetype.carriesIp) return 'endpoints have no IP';
  const checked = archetype?.networkOptions.safeParse(options);
  return checked?.success ? archetype?.whyNotLed?.(checked.data) : undefined;
}
