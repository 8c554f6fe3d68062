import * as z from '../../lib/zod.ts';
import type { RecordKind } from '../../state/record.ts';
import type { StateManager } from '../../state/state-manager.ts';
import type { Archetype, Settled } from './archetype.ts';
import { Collection } from './collection.ts';
import { type Endpoint, endpoint } from './endpoint.ts';
import { type Network, network, type Status } from './network.ts';
import { endpointStatus, type Nodes, networkStatus } from './report.ts';
import type { Wanted } from './resources.ts';
import { sharedSerial } from './sharing.ts';

// What is kept of networks and endpoints. A field of all archetypes that comes takes a migration here; an option of one takes a
// default in its schema.

export type WantedNetwork = Wanted & Settled<Network>;
export type WantedEndpoint = Wanted & Settled<Endpoint>;

/** Where the networks of an archetype are kept. `nodes`: those that share them. */
export function networksIn(
  state: StateManager,
  { name, networkOptions }: Archetype,
  nodes?: Nodes,
): Collection<WantedNetwork> {
  return new Collection(
    state,
    `networks/${name}/`,
    networkRecord,
    networkOptions,
    nodes && {
      status: (_wanted, revision, reports) => networkStatus(revision, reports, nodes),
      serial: sharedSerial,
    },
  );
}

/** Where the endpoints of one network are. */
export function endpointsIn(
  state: StateManager,
  { name, endpointOptions }: Archetype,
  network: string,
  nodes?: Nodes,
): Collection<WantedEndpoint> {
  return new Collection(
    state,
    `endpoints/${name}/${network}/`,
    endpointRecord,
    endpointOptions,
    nodes && {
      status: ({ attachment, node = nodes.here }, revision, reports) =>
        attachment.kind === 'node' ? itself : endpointStatus(revision, node, reports, nodes),
    },
  );
}

/** Of a node on a network: there is nothing to bring about. */
const itself: Status = { phase: 'ready', observed: {} };

const kept = {
  wish: z.object({ key: z.string(), hash: z.string() }).optional(),
  deleting: z.boolean().optional(),
};

export const networkRecord: RecordKind<WantedNetwork> = {
  schema: network.omit({ revision: true, status: true }).extend(kept),
  // As they were from the first: what was written before records bore a version was none of these.
  migrations: [(value) => value],
  isOf: ({ name: own }, name) => own === name,
};

export const endpointRecord: RecordKind<WantedEndpoint> = {
  schema: endpoint.omit({ revision: true, status: true }).extend(kept),
  migrations: [(value) => value],
  isOf: ({ name: own }, name) => own === name,
};
