import type { Service } from '../descriptor/application.ts';
import type { Descriptor } from '../descriptor/index.ts';
import type { Diagnostic } from '../lib/errors.ts';

// Services whose replicas are dealt out over several sites. Pure.

/** The one site of a service; nothing where it has none, or several. */
export function siteOf({ places = [] }: Pick<Service, 'places'>): string | undefined {
  return places.length === 1 ? places[0] : undefined;
}

/**
 * The site of a replica. Ranks of a job that are side by side are at one site, as far as that goes: what each sends to the next leaves it
 * seldom. Others are dealt out in turn, and stay where they are when there are more or fewer. `index`: from 1.
 */
export function siteOfReplica(
  { places = [], job }: Pick<Service, 'places' | 'job'>,
  index: number,
  replicas: number,
): string | undefined {
  if (!job) return places[(index - 1) % Math.max(places.length, 1)];
  return places[Math.floor(((index - 1) * places.length) / Math.max(replicas, 1))];
}

/** What cannot be at several sites. `replicas`: of a service. */
export function placeConflicts(
  { application: { services, chains }, at }: Descriptor,
  replicas: (service: Service) => number,
): Diagnostic[] {
  return Object.values(services).flatMap((service): Diagnostic[] => {
    const { name, places = [], function: fn } = service;
    if (places.length < 2) return [];
    const path = ['services', name, 'x-heddle', 'place'];
    const error = (message: string, hint: string): Diagnostic[] => [
      {
        severity: 'error',
        code: 'ERR_COMPOSE_CONFLICT',
        message: `${path.join('.')}: ${message}`,
        at: at(path),
        hint,
      },
    ];
    const count = replicas(service);
    if (count < places.length)
      return error(`${count} replicas cannot be at ${places.length} sites`, 'name fewer sites');
    if (new Set(places).size < places.length)
      return error('a site stands there twice', 'name each site once');
    if (fn) return error('a network function is at one site', 'name one site');
    const chain = chains.find((one) => [one.from, one.to, ...one.through].includes(name));
    if (chain) return error(`a chain, ${chain.name}, is between services at one site each`, 'name one site');
    return [];
  });
}
