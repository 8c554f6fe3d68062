import { hostname } from 'node:os';
import { HeddleError } from '../lib/errors.ts';
import type { StateManager } from '../state/state-manager.ts';
import type { Archetype, ServiceContext } from './standard/archetype.ts';
import type { NetworkingService } from './standard/networking-service.ts';
import { registryOf } from './standard/registry.ts';
import { ArchetypeService } from './standard/service.ts';

/** What nodes share. */
export interface Shared {
  /** The name of this node, which no other has. */
  readonly node: string;
  readonly state: StateManager;
}

interface LocalOptions extends Pick<ServiceContext, 'edge' | 'routing' | 'reserved'> {
  /** Default: nothing, this node is alone. */
  readonly shared?: Shared;
  /** Services that are there already, by archetype, of this process or another: these are found, and not made here. */
  readonly remote?: ReadonlyMap<string, NetworkingService>;
}

/** The networking services of this process, by archetype, in the order of their needs. */
export function localServices(
  archetypes: readonly Archetype[],
  state: StateManager,
  folderOf: (archetype: string) => string,
  { edge, routing, reserved, shared = { node: hostname(), state }, remote = new Map() }: LocalOptions = {},
): ReadonlyMap<string, ArchetypeService> {
  const services = new Map<string, ArchetypeService>();
  for (const archetype of archetypes.filter(({ name }) => !remote.has(name))) {
    const service = (name: string): NetworkingService => {
      const found = archetype.uses.includes(name) ? (services.get(name) ?? remote.get(name)) : undefined;
      if (found) return found;
      throw new HeddleError(
        'ERR_INTERNAL',
        `archetype ${archetype.name} does not use ${name}, or comes before it`,
      );
    };
    services.set(
      archetype.name,
      new ArchetypeService(
        archetype,
        state,
        {
          service,
          folder: folderOf(archetype.name),
          edge,
          routing,
          node: shared.node,
          registry: registryOf(shared.state, archetype.name),
          ...(reserved && { reserved }),
        },
        { among: archetypes },
      ),
    );
  }
  return services;
}
