import type { As, Settled } from '../standard/archetype.ts';
import type { Network } from '../standard/network.ts';
import { invalidError } from '../standard/parsed.ts';
import { firstVni, lastVni, type NetworkOptions } from './options.ts';

export type OverlayNetwork = As<Settled<Network>, NetworkOptions>;

/** What a network will be, with an id that no other has. Pure. @throws HeddleError ERR_RESOURCE_INVALID */
export function settleVni(
  { name, options }: OverlayNetwork,
  others: readonly OverlayNetwork[],
  before: OverlayNetwork | undefined,
): NetworkOptions {
  const taken = new Map(others.map((other) => [other.options.vni, other.name]));
  const asked = options.vni ?? before?.options.vni;
  const whose = asked === undefined ? undefined : taken.get(asked);
  if (whose !== undefined)
    throw invalidError(`network ${name}: options.vni: ${asked} is that of network ${whose}`);
  if (asked !== undefined) return { ...options, vni: asked };
  for (let vni = firstVni; vni <= lastVni; vni++) if (!taken.has(vni)) return { ...options, vni };
  throw invalidError(`network ${name}: options.vni: every one is some network’s`);
}
