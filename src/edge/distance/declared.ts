import type { EdgeModel, Site } from '../model/model.ts';
import type { Distance } from '../view/choose.ts';

/** Kilometres. */
const earthRadius = 6371;
/** Light in fibre covers 200 km in a millisecond, and has to come back. */
const kilometresPerMillisecond = 100;
/** What is not known is farther than anything that is. */
const unknown: Distance = { milliseconds: 1000, error: 0, basis: 'unknown' };

/** The least round trip that declared positions allow; unknown where a site has none. */
export function declaredDistance(sites: EdgeModel['sites'], from: string, to: string): Distance {
  if (from === to) return { milliseconds: 0, error: 0, basis: 'declared' };
  const [here, there] = [sites[from]?.location, sites[to]?.location];
  if (!here || !there) return unknown;
  return { milliseconds: greatCircle(here, there) / kilometresPerMillisecond, error: 0, basis: 'declared' };
}

/** Kilometres between two places, by the haversine formula. */
function greatCircle(a: NonNullable<Site['location']>, b: NonNullable<Site['location']>): number {
  const radians = (degrees: number) => (degrees * Math.PI) / 180;
  const [lat, long] = [radians(b.latitude - a.latitude), radians(b.longitude - a.longitude)];
  const h =
    Math.sin(lat / 2) ** 2 +
    Math.cos(radians(a.latitude)) * Math.cos(radians(b.latitude)) * Math.sin(long / 2) ** 2;
  return 2 * earthRadius * Math.asin(Math.sqrt(h));
}
