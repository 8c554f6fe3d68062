import type { Application, Service } from '../descriptor/application.ts';

/** Services by network, of each application that was asked about: it is asked once a function, and services may be many. */
const indexes = new WeakMap<Application, ReadonlyMap<string, readonly Service[]>>();

/** The names of the services that are on a network of a service, too, in the order of the file. */
export function neighboursOf(application: Application, service: Service): string[] {
  const all = Object.values(application.services);
  const index = indexes.get(application) ?? byNetwork(all);
  indexes.set(application, index);
  const near = new Set(Object.keys(service.networks).flatMap((key) => index.get(key) ?? []));
  near.delete(service);
  return near.size === 0 ? [] : all.filter((other) => near.has(other)).map(({ name }) => name);
}

function byNetwork(services: readonly Service[]): ReadonlyMap<string, readonly Service[]> {
  const index = new Map<string, Service[]>();
  for (const service of services)
    for (const key of Object.keys(service.networks)) {
      const there = index.get(key);
      if (there) there.push(service);
      else index.set(key, [service]);
    }
  return index;
}
