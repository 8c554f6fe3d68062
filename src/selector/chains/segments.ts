import type { Application } from '../../descriptor/application.ts';
import type { Chain, ChainEntry } from '../../descriptor/chain.ts';
import { siteOf } from '../places.ts';

/** The functions of a chain that stand at one of its ends. */
export interface Segment {
  /** Where it is enforced; absent: where a chain is that is in one place. */
  readonly at?: 'from' | 'to';
  /** Of `through`: the first, and the one after the last. */
  readonly first: number;
  readonly end: number;
}

/**
 * Where a chain between two sites is led: what is at the site of `from` before traffic leaves it, and all else where it arrives. One
 * within a site is one segment. Pure.
 */
export function segmentsOf({ services }: Application, { from, to, through }: Chain): Segment[] {
  const whole = { first: 0, end: through.length };
  const placeOf = (name: string) => {
    const service = Object.hasOwn(services, name) ? services[name] : undefined;
    return service && siteOf(service);
  };
  const here = placeOf(from);
  if (here === undefined || !Object.hasOwn(services, to) || placeOf(to) === here) return [whole];
  const isHere = (entry: ChainEntry) => typeof entry === 'string' && placeOf(entry) === here;
  const there = through.findIndex((entry) => !isHere(entry));
  if (there === 0) return [whole];
  if (there === -1) return [{ ...whole, at: 'from' }];
  return [
    { at: 'from', first: 0, end: there },
    { at: 'to', first: there, end: through.length },
  ];
}
