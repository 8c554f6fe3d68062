import { HeddleError } from '../../lib/errors.ts';
import type { StateManager } from '../../state/state-manager.ts';
import type { NodeEdge } from '../nve/node-edge.ts';
import type { Archetype, Driver, Observed, ServiceContext } from '../standard/archetype.ts';
import { registryOf } from '../standard/registry.ts';
import { ArchetypeService } from '../standard/service.ts';
import type { Sharing } from '../standard/sharing.ts';
import { DispatchDriver } from './dispatch-driver.ts';
import type { Wakes } from './wakes.ts';

/** What is this node's. */
interface Here {
  readonly sharing: Sharing;
  readonly edge?: NodeEdge | undefined;
}

/** The services of networks that nodes share, by archetype: they decide in the state that all have. */
export function sharedServices(
  archetypes: readonly Archetype[],
  state: StateManager,
  here: Here,
  wakes: Wakes,
  held?: (archetype: string, node: string, options: Observed) => Promise<ReadonlySet<string>>,
): ReadonlyMap<string, ArchetypeService> {
  return servicesWith(archetypes, state, here, (archetype) => {
    return new DispatchDriver(archetype, {
      state,
      nodes: here.sharing,
      wakes,
      ...(held && { held }),
    });
  });
}

/** The same, for what is decided and not carried out: endpoints of nodes themselves. */
export function decidingServices(
  archetypes: readonly Archetype[],
  state: StateManager,
  sharing: Sharing,
): ReadonlyMap<string, ArchetypeService> {
  return servicesWith(archetypes, state, { sharing }, () => nothing);
}

const nothing: Driver = {
  applyNetwork: async () => ({}),
  removeNetwork: async () => {},
  applyEndpoint: async () => ({}),
  removeEndpoint: async () => {},
};

function servicesWith(
  archetypes: readonly Archetype[],
  state: StateManager,
  { sharing, edge }: Here,
  driverOf: (archetype: Archetype) => Driver,
): ReadonlyMap<string, ArchetypeService> {
  return new Map(
    archetypes.map((archetype) => {
      const { settleNetwork, settleEndpoint } = { ...archetype, ...archetype.shared };
      const shared: Archetype = {
        ...archetype,
        ...(settleNetwork && { settleNetwork }),
        ...(settleEndpoint && { settleEndpoint }),
        driver: () => driverOf(archetype),
      };
      const { here: node } = sharing;
      const registry = registryOf(state, archetype.name);
      const context: ServiceContext = { service: noService, folder: '', edge, node, registry };
      return [archetype.name, new ArchetypeService(shared, state, context, { sharing })] as const;
    }),
  );
}

/** Who waits asks nobody. */
function noService(name: string): never {
  throw new HeddleError('ERR_INTERNAL', `a shared service asks for ${name}`);
}
