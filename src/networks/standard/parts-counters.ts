import type { NetworkCounters } from './traffic.ts';

/**
 * The counters of networks that are made of others, by those of their parts. Pure. `partOf`: what the part is called at the
 * service that has it.
 */
export function countersOfParts(
  networks: readonly { readonly name: string; readonly archetype: string }[],
  partOf: (network: string) => string,
  parts: readonly NetworkCounters[],
): NetworkCounters[] {
  const byName = new Map(parts.map((part) => [part.network, part.links]));
  return networks.map(({ name, archetype }) => ({
    network: name,
    archetype,
    links: byName.get(partOf(name)) ?? [],
  }));
}
