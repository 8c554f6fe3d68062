import type { Policy, Site } from '../model.ts';
import type { Distance } from '../view/choose.ts';
import { predict } from './coordinate.ts';
import { declaredDistance } from './declared.ts';
import { meanError, type Report } from './row.ts';

/** A place that is less sure of itself than this has not found itself yet: nothing is predicted from it. */
const lostError = 0.7;
/** Figures that make a place: two in the plane, and the height. */
const unknowns = 3;

/** What the gateways of all sites told of their distances, and what follows for any two of them. */
export class Distances {
  readonly #reports = new Map<string, Report>();

  /**
   * Takes what a gateway tells; nothing: it is none any more.
   * @returns the sites that look at others from where something changed for them
   */
  tell(site: string, report: Report | undefined): string[] {
    const before = this.#reports.get(site);
    if (report) this.#reports.set(site, report);
    else this.#reports.delete(site);
    const moved = differs(before?.coordinate, report?.coordinate);
    const others = new Set([...this.#reports.keys(), ...sitesIn(before), ...sitesIn(report)]);
    const concerned = [...others].filter((other) => {
      const theirs = this.#reports.get(other);
      if (other === site || theirs?.row[site]) return false;
      // Who did not measure the way goes by what the other end measured; else by where the other end is.
      const figure = report?.row[other];
      return differs(before?.row[other], figure) || (moved && !figure && theirs !== undefined);
    });
    return [site, ...concerned];
  }

  /**
   * From one site to another: as measured from either end, else as predicted, else as declared; by geography, as
   * declared where it is.
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
    return here && there ? (predicted(here, there, declared) ?? declared) : declared;
  }
}

/** Nothing when one of them does not know yet where it is. */
function predicted(here: Report, there: Report, declared: Distance): Distance | undefined {
  const { milliseconds, error } = predict(here.coordinate, there.coordinate);
  if (Math.max(here.coordinate.error, there.coordinate.error) > lostError) return undefined;
  // Places found from few peers fit them well and say little of others: what remains free after `unknowns` counts.
  const peers = Math.min(sitesIn(here).length, sitesIn(there).length);
  const fit = peers > unknowns ? error * Math.sqrt(peers / (peers - unknowns)) : milliseconds;
  return {
    // Nothing is faster than light, so what is declared bounds what is predicted.
    milliseconds: Math.max(declared.basis === 'declared' ? declared.milliseconds : 0, milliseconds),
    error: fit + meanError(here.row) + meanError(there.row),
    basis: 'predicted',
  };
}

function sitesIn(report: Report | undefined): string[] {
  return Object.keys(report?.row ?? {});
}

function differs(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) !== JSON.stringify(b);
}
