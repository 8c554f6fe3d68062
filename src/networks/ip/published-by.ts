import type { Endpoint } from '../standard/endpoint.ts';
import type { Published } from './options.ts';

/** A published port whose number at the host is known. */
export type PublishedAt = Published & { readonly published: number };

/**
 * What an endpoint publishes, of an archetype that has such. Which number was chosen where none was named, what there is of it says:
 * of one that is made of others, those have chosen. Pure.
 */
export function publishedBy({ options, status }: Pick<Endpoint, 'options' | 'status'>): PublishedAt[] {
  const ports = status.observed['ports'] ?? options['ports'];
  if (!Array.isArray(ports)) return [];
  return (ports as Published[]).filter((port): port is PublishedAt => port.published !== undefined);
}
