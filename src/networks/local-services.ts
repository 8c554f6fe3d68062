import { HeddleError } from '../lib/errors.ts';
import type { StateManager } from '../state/state-manager.ts';
import type { NodeEdge } from './nve/node-edge.ts';
import type { Archetype } from './standard/archetype.ts';
import type { NetworkingService } from './standard/networking-service.ts';
import { ArchetypeService } from './standard/service.ts';

/** The networking services of this process, by archetype, in the order of their needs. */
export function localServices(
  archetypes: readonly Archetype[],
  state: StateManager,
  folderOf: (archetype: string) => string,
  edge?: NodeEdge,
): ReadonlyMap<string, ArchetypeService> {
  const services = new Map<string, ArchetypeService>();
  for (const archetype of archetypes) {
    const service = (name: string): NetworkingService => {
      const found = archetype.uses.includes(name) ? services.get(name) : undefined;
      if (found) return found;
      throw new HeddleError(
        'ERR_INTERNAL',
        `archetype ${archetype.name} does not use ${name}, or comes before it`,
      );
    };
    services.set(
      archetype.name,
      new ArchetypeService(archetype, state, { service, folder: folderOf(archetype.name), edge }),
    );
  }
  return services;
}
