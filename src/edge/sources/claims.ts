import { isDeepStrictEqual } from 'node:util';
import { type EdgeService, serviceKey } from '../model/model.ts';
import type { Publication } from './source.ts';

/** Somebody's wish to have a service published. */
export interface Claim {
  /** The source's name. */
  readonly source: string;
  /** The object in the source: `Service shop/web`. */
  readonly origin: string;
  readonly publication: Publication;
}

/** What of several claims to one name comes about. */
export interface Settled {
  readonly service: EdgeService | undefined;
  /** The claims that are refused, each with the reason, which names both sides. */
  readonly refused: ReadonlyMap<Claim, string>;
}

const together = ['ports', 'steer', 'failover', 'policy'] as const;

/**
 * Makes one service of the claims to a name. They are one only if each wrote the name out and all agree on how it is
 * reached; otherwise the first has it.
 * @param claims in order of precedence
 */
export function settle(claims: readonly Claim[]): Settled {
  const [first, ...others] = claims;
  if (!first) return { service: undefined, refused: new Map() };
  const refused = new Map<Claim, string>();
  const merged = [first];
  for (const claim of others) {
    const reason = whyNot(first, claim);
    if (reason === undefined) merged.push(claim);
    else refused.set(claim, reason);
  }
  const { explicit: _, since: __, ...service } = first.publication;
  const taken = new Set<string>();
  const copies = merged.flatMap(({ publication }) =>
    publication.copies.map((copy) => ({ ...copy, id: unique(copy.id, taken) })),
  );
  const sources = [...new Set(merged.map(({ source }) => source))];
  const times = merged.flatMap(({ publication }) => publication.since ?? []);
  const since = times.length > 0 ? { since: Math.min(...times) } : {};
  return { service: { ...service, copies, sources, ...since }, refused };
}

function whyNot(first: Claim, claim: Claim): string | undefined {
  const clash = `is published as ${serviceKey(claim.publication)}, as is ${describe(first)}`;
  const implicit = [first, claim].filter(({ publication }) => !publication.explicit);
  if (implicit.length > 0)
    return `${clash}: to be one service, both have to write the name out, which ${implicit.map(describe).join(' and ')} does not`;
  const different = together.filter(
    (key) => !isDeepStrictEqual(first.publication[key], claim.publication[key]),
  );
  if (different.length > 0) return `${clash}, and they differ in ${different.join(', ')}`;
  return undefined;
}

function describe({ source, origin }: Claim): string {
  return `${origin} of ${source}`;
}

/** Copies of several clusters may have the same name. */
function unique(id: string, taken: Set<string>): string {
  let result = id;
  for (let count = 2; taken.has(result); count++) result = `${id}-${count}`;
  taken.add(result);
  return result;
}
