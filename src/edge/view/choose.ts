import type { Copy, EdgePlaces, EdgeService, Policy } from '../model/model.ts';

/** Predicted round trip from one site to another, milliseconds. `error`: how far off it may be. */
export interface Distance {
  readonly milliseconds: number;
  readonly error: number;
  readonly basis: 'measured' | 'predicted' | 'declared' | 'unknown';
}

/** The site that copies are looked at from, and what is known there. */
export interface Standpoint {
  readonly site: string;
  distanceTo(site: string, by: Policy['by']): Distance;
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
  /** Chosen though another site is nearer: only who knows that it was chosen before chooses it again. */
  readonly kept?: true;
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
    return {
      copy,
      site,
      distance: from.distanceTo(site, service.policy.by),
      out: whyOut(service, copy, site),
    };
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
      return { ...one, verdict, reason: at?.reason ?? '', ...(at?.kept && { kept: true }) };
    })
    .sort(
      (a, b) =>
        verdicts.indexOf(a.verdict) - verdicts.indexOf(b.verdict) ||
        rank(a.site) - rank(b.site) ||
        (a.copy.id < b.copy.id ? -1 : 1),
    );
}

const verdicts = ['chosen', 'spare', 'out'];

function whyOut({ policy }: EdgeService, copy: Copy, site: string): string | undefined {
  if (policy.exclude.includes(site)) return `${site} is excluded`;
  if (policy.pin.length > 0 && !policy.pin.includes(site)) return `pinned to ${policy.pin.join(', ')}`;
  if (copy.draining) return 'on its way out';
  if (!copy.ready) return 'not ready';
  return undefined;
}

function sitesInOrder(
  prefer: readonly string[],
  { policy }: EdgeService,
  { site: here, current }: Standpoint,
  usable: readonly Pick<RankedCopy, 'site' | 'distance'>[],
): Pick<RankedCopy, 'site' | 'reason' | 'kept'>[] {
  const weighed = [...new Map(usable.map((one) => [one.site, one.distance]))].map(
    ([site, distance]): Weighed => ({
      site,
      distance,
      weight: policy.weights[site] ?? 1,
      preferred: site === here ? -1 : prefer.includes(site) ? prefer.indexOf(site) : prefer.length,
    }),
  );
  weighed.sort((a, b) => a.preferred - b.preferred || cost(a) - cost(b) || (a.site < b.site ? -1 : 1));
  const [nearest] = weighed;
  const held = weighed.find(({ site }) => site === current);
  const kept = nearest && held && held !== nearest ? whyKept(nearest, held) : undefined;
  const ordered = kept && held ? [held, ...weighed.filter((one) => one !== held)] : weighed;
  return ordered.map((one, index) => {
    if (one.site === here) return { site: here, reason: 'at this site' };
    const why = one.preferred < prefer.length ? 'preferred by this site' : 'nearest';
    const reasons = [
      figureOf(one.distance),
      one.weight !== 1 && `weight ${one.weight}`,
      policy.pin.length > 0 && 'pinned',
      index === 0 && (kept ?? (ordered.length > 1 && why)),
    ];
    const isKept = index === 0 && kept !== undefined;
    return { site: one.site, reason: reasons.filter(Boolean).join('; '), ...(isKept && { kept: true }) };
  });
}

interface Weighed extends Pick<RankedCopy, 'site' | 'distance'> {
  readonly weight: number;
  /** Place in the order that does not ask for delays: the site itself, those it prefers, all others. */
  readonly preferred: number;
}

/** What a distance counts as. */
function cost({ distance, weight }: Weighed): number {
  return distance.milliseconds / weight;
}

/** Why the site used before stays though another one is nearer; nothing when it does not. */
function whyKept(nearest: Weighed, held: Weighed): string | undefined {
  if (nearest.preferred < held.preferred) return undefined;
  const gain = cost(held) - cost(nearest);
  // Positions tell the least that is possible: what was measured there may well be twice as much.
  const isGuess = nearest.distance.basis === 'declared' && held.distance.basis !== 'declared';
  const off = isGuess ? nearest.distance.milliseconds : nearest.distance.error;
  const doubt = off / nearest.weight + held.distance.error / held.weight;
  const least = Math.max(cost(held) * betterBy, betterByMilliseconds, doubt);
  if (gain > least) return undefined;
  return `kept: ${nearest.site} is ${gain.toFixed(1)} ms nearer, and a change takes more than ${least.toFixed(1)}`;
}

/** With this a reason begins, at another site. */
export function figureOf({ milliseconds, error, basis }: Distance): string {
  if (basis === 'unknown') return 'at an unknown distance';
  return `${milliseconds.toFixed(1)} ms away${error > 0 ? ` ± ${error.toFixed(1)}` : ''}, ${basis}`;
}
