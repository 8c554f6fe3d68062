import * as z from '../../lib/zod.ts';
import type { RecordKind } from '../../state/record.ts';
import type { Settled } from './archetype.ts';
import { type Endpoint, endpoint } from './endpoint.ts';
import { type Network, network } from './network.ts';
import type { Wanted } from './resources.ts';

// What is kept of networks and endpoints. A field of all archetypes that comes takes a migration here; an option of one takes a
// default in its schema.

export type WantedNetwork = Wanted & Settled<Network>;
export type WantedEndpoint = Wanted & Settled<Endpoint>;

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
