import type { Uplink } from '../between/uplink.ts';
import type { Observed } from '../standard/archetype.ts';
import type { RoutingSettings } from './settings.ts';

/** Which subnets of a network stay on this host, since nobody hears of them, for `status.observed`. Pure. */
export function apartOf(uplink: Uplink, { routers }: RoutingSettings, subnets: readonly string[]): Observed {
  const isHeard = (is6: boolean) =>
    routers.length > 0
      ? routers.some(({ address }) => address.includes(':') === is6)
      : uplink[is6 ? 'inet6' : 'inet'] !== undefined;
  const apart = subnets.filter((subnet) => !isHeard(subnet.includes(':')));
  if (apart.length === 0) return {};
  const why = routers.length > 0 ? 'no router has an' : `${uplink.interface} has no`;
  return { apart: `${apart.join(', ')}: ${why} address of that family` };
}
