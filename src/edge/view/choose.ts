import type { Copy, EdgePlaces, EdgeService } from '../model.ts';

/** Predicted round trip from one site to another, milliseconds. `error`: how far off it may be. */
export interface Distance {
  readonly milliseconds: number;
  readonly error: number;
  readonly basis: 'measured' | 'predicted' | 'declared' | 'unknown';
}

/** What checks say of a copy; nothing is said of most. */
export type HealthOf = (copy: Copy) => 'up' | 'down' | undefined;

/** The site that copies are looked at from, and what is known there. */
export interface Standpoint {
  readonly site: string;
  distanceTo(site: string): Distance;
  readonly healthOf: HealthOf;
  /** The site chosen before: it stays until another is clearly better (hysteresis). */
  readonly current?: string | undefined;
}

/** A copy, in the order in which it is to be used, and why. */
export interface RankedCopy {
  readonly copy: Copy;
  readonly site: string;
  readonly distance: Distance;
  /** `chosen` is used; `spare` when no chosen one is left; `out` never. */
  readonly verdict: 'chosen' | 'spare' | 'out';
  readonly reason: string;
}

/** A site has to be nearer by this share, by this many milliseconds, and by more than both may be off, to take over. */
const betterBy = 0.2;
const betterByMilliseconds = 2;

/**
 * Ranks the copies of a service for the clients of a site: nearest first, by site. All copies at the chosen site are
 * chosen.
 */
export function rankCopies(
  places: Pick<EdgePlaces, 'nodes' | 'sites'>,
  service: EdgeService,
  from: Standpoint,
): RankedCopy[] {
  const judged = service.copies.flatMap((copy) => {
    const site = places.nodes[copy.node]?.site;
    if (site === undefined) return [];
    return { copy, site, distance: from.distanceTo(site), out: whyOut(service, copy, site, from.healthOf) };
  });
  const usable = judged.filter(({ out }) => out === undefined);
  const order = sitesInOrder(places.sites[from.site]?.prefer ?? [], service, from, usable);
  const rank = (site: string) => order.findIndex((one) => one.site === site);
  const [chosen] = order;
  return judged
    .map(({ out, ...one }): RankedCopy => {
      if (out !== undefined) return { ...one, verdict: 'out', reason: out };
      const at = order[rank(one.site)];
      const verdict = one.site === chosen?.site ? 'chosen' : 'spare';
      return { ...one, verdict, reason: at?.reason ?? '' };
    })
    .sort(
      (a, b) =>
        verdicts.indexOf(a.verdict) - verdicts.indexOf(b.verdict) ||
        rank(a.site) - rank(b.site) ||
        (a.copy.id < b.copy.id ? -1 : 1),
    );
}

const verdicts = ['chosen', 'spare', 'out'];

function whyOut({ policy }: EdgeService, copy: Copy, site: string, healthOf: HealthOf): string | undefined {
  if (policy.exclude.includes(site)) return `${site} is excluded`;
  if (policy.pin.length > 0 && !policy.pin.includes(site)) return `pinned to ${policy.pin.join(', ')}`;
  if (copy.draining) return 'on its way out';
  if (!copy.ready) return 'not ready';
  if (healthOf(copy) === 'down') return 'does not answer';
  return undefined;
}

function sitesInOrder(
  prefer: readonly string[],
  { policy }: EdgeService,
  { site: here, current }: Standpoint,
  usable: readonly Pick<RankedCopy, 'site' | 'distance'>[],
): Pick<RankedCopy, 'site' | 'reason'>[] {
  const weighed = [...new Map(usable.map((one) => [one.site, one.distance]))].map(
    ([site, distance]): Weighed => ({
      site,
      distance,
      cost: site === here ? 0 : distance.milliseconds / (policy.weights[site] ?? 1),
      preferred: prefer.includes(site) ? prefer.indexOf(site) : prefer.length,
    }),
  );
  weighed.sort(
    (a, b) =>
      Number(b.site === here) - Number(a.site === here) ||
      a.preferred - b.preferred ||
      a.cost - b.cost ||
      (a.site < b.site ? -1 : 1),
  );
  const [nearest] = weighed;
  const held = weighed.find(({ site }) => site === current);
  const stays = nearest && held && held !== nearest && !clearlyBetter(nearest, held, here) ? held : undefined;
  const ordered = stays ? [stays, ...weighed.filter((one) => one !== stays)] : weighed;
  return ordered.map((one) => ({
    site: one.site,
    reason: reasonFor(one, here, policy.weights[one.site], one === stays),
  }));
}

interface Weighed extends Pick<RankedCopy, 'site' | 'distance'> {
  /** What it counts as: the site's own copies are nearest, whatever was measured. */
  readonly cost: number;
  readonly preferred: number;
}

function clearlyBetter(nearest: Weighed, held: Weighed, here: string): boolean {
  if (nearest.site === here || nearest.preferred < held.preferred) return true;
  const gain = held.cost - nearest.cost;
  return (
    gain > held.cost * betterBy &&
    gain > betterByMilliseconds &&
    gain > nearest.distance.error + held.distance.error
  );
}

function reasonFor(
  { site, distance }: Weighed,
  here: string,
  weight: number | undefined,
  stays: boolean,
): string {
  if (site === here) return 'at this site';
  const { milliseconds, error, basis } = distance;
  const figure =
    basis === 'unknown'
      ? 'at an unknown distance'
      : `${milliseconds.toFixed(1)} ms away${error > 0 ? ` ± ${error.toFixed(1)}` : ''}, ${basis}`;
  return [
    figure,
    weight !== undefined && `weight ${weight}`,
    stays && 'used before, and none is clearly nearer',
  ]
    .filter(Boolean)
    .join('; ');
}
