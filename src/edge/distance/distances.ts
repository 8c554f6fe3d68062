import type { Policy, Site } from '../model/model.ts';
import type { Distance } from '../view/choose.ts';
import { predict } from './coordinate.ts';
import { declaredDistance } from './declared.ts';
import type { Figure } from './recent.ts';
import { type DistanceReport, meanError } from './row.ts';

/** A place that is less sure of itself than this has not found itself yet: nothing is predicted from it. */
const lostError = 0.7;
/** Figures that make a place: two in the plane, and the height. */
const unknowns = 3;

/** What the gateways of all sites told of their distances, and what follows for any two of them. */
export class Distances {
  readonly #reports = new Map<string, DistanceReport>();

  /**
   * Takes what a gateway tells; nothing: it is none any more.
   * @returns by site, the others that are another distance away from it than before
   */
  update(site: string, report: DistanceReport | undefined): Map<string, readonly string[]> {
    const before = this.#reports.get(site);
    if (report) this.#reports.set(site, report);
    else this.#reports.delete(site);
    const moved = differs(before?.coordinate, report?.coordinate);
    const changed = new Map<string, readonly string[]>();
    const own: string[] = [];
    const named = [before, report].flatMap((one) => [...sitesIn(one), ...Object.keys(one?.handshakes ?? {})]);
    for (const other of new Set([...this.#reports.keys(), ...named])) {
      const theirs = this.#reports.get(other);
      const figure = report?.row[other];
      const isOther =
        differs(before?.row[other], figure) ||
        differs(before?.handshakes?.[other], report?.handshakes?.[other]);
      // A pair that neither of them measured goes by where both are.
      const isPredicted = theirs !== undefined && !figure && !theirs.row[site];
      if (other === site || !(isOther || (moved && isPredicted))) continue;
      own.push(other);
      if (!theirs?.row[site]) changed.set(other, [site]);
    }
    if (own.length > 0) changed.set(site, own);
    return changed;
  }

  /** What each site told last. */
  reports(): ReadonlyMap<string, DistanceReport> {
    return this.#reports;
  }

  /**
   * From one site to another: as measured from either end, by echoes or else by connections to copies, else as predicted,
   * else as declared; by geography, as declared where it is.
   */
  between(
    sites: Readonly<Record<string, Site>>,
    from: string,
    to: string,
    by: Policy['by'] = 'delay',
  ): Distance {
    const declared = declaredDistance(sites, from, to);
    if (from === to || (by === 'geography' && declared.basis === 'declared')) return declared;
    const measured = this.#reports.get(from)?.row[to] ?? this.#reports.get(to)?.row[from];
    if (measured) return { ...measured, basis: 'measured' };
    const [here, there] = [this.#reports.get(from), this.#reports.get(to)];
    const handshake = here?.handshakes?.[to] ?? there?.handshakes?.[from];
    if (handshake) return { ...bounded(handshake, declared), basis: 'measured' };
    return here && there ? (predicted(here, there, declared) ?? declared) : declared;
  }
}

/** Nothing when one of them does not know yet where it is. */
function predicted(here: DistanceReport, there: DistanceReport, declared: Distance): Distance | undefined {
  const { milliseconds, error } = predict(here.coordinate, there.coordinate);
  if (Math.max(here.coordinate.error, there.coordinate.error) > lostError) return undefined;
  // Places found from few peers fit them well and say little of others: what remains free after `unknowns` counts.
  const peers = Math.min(sitesIn(here).length, sitesIn(there).length);
  const fit = peers > unknowns ? error * Math.sqrt(peers / (peers - unknowns)) : milliseconds;
  return {
    ...bounded({ milliseconds, error: fit + meanError(here.row) + meanError(there.row) }, declared),
    basis: 'predicted',
  };
}

/**
 * Nothing is faster than light, so what is declared bounds what is predicted, and what connections say: something on the
 * way may have answered in the place of a copy.
 */
function bounded({ milliseconds, error }: Figure, declared: Distance): Figure {
  const least = declared.basis === 'declared' ? declared.milliseconds : 0;
  return { milliseconds: Math.max(least, milliseconds), error };
}

function sitesIn(report: DistanceReport | undefined): string[] {
  return Object.keys(report?.row ?? {});
}

function differs(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) !== JSON.stringify(b);
}
