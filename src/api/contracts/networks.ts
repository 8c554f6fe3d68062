import { integer, optional, record, text } from '../../lib/schema.ts';
import * as z from '../../lib/zod.ts';
import { archetypeDescription } from '../../networks/standard/archetype-description.ts';
import { directory } from '../../networks/standard/directory.ts';
import { endpoint, endpointWish } from '../../networks/standard/endpoint.ts';
import { network, networkWish, resourceName } from '../../networks/standard/network.ts';
import { switched, switchWish } from '../../networks/standard/switch.ts';
import { frameWish, networkCounters, networkFlow, trace } from '../../networks/standard/traffic.ts';
import type { Contract } from '../contract.ts';

const ofNetwork = z.strictObject({ network: resourceName });
const ofEndpoint = z.strictObject({ network: resourceName, endpoint: resourceName });
const revision = integer.min(1).describe('As it was read: one that was changed since is left alone.');
const removal = z.strictObject({ revision: optional(revision) });
const removed = record('Removed', 'Nothing is left of it.', { name: text });

/** The same wish with the same key is carried out once, and answered alike. */
const once = z.object({ 'idempotency-key': optional(text.min(1).max(255)) });
/** Of server-sent events (WHATWG HTML, 9.2): the last that was received. */
const resumed = z.object({ 'last-event-id': optional(text.regex(/^\d{1,15}$/)) });

const networkEvent = changeOf('NetworkEvent', network);
const endpointEvent = changeOf('EndpointEvent', endpoint);

export const archetypesContract = {
  route: 'GET /v1/archetypes',
  summary: 'Kinds of networks, and what each takes',
  answer: z.array(archetypeDescription),
} as const satisfies Contract;

export const networksContract = {
  route: 'GET /v1/networks',
  summary: 'All networks',
  answer: z.array(network),
} as const satisfies Contract;

export const networkContract = {
  route: 'GET /v1/networks/:network',
  summary: 'A network',
  params: ofNetwork,
  answer: network,
} as const satisfies Contract;

export const createNetworkContract = {
  route: 'POST /v1/networks',
  summary: 'Make a network',
  headers: once,
  body: networkWish,
  answer: network,
} as const satisfies Contract;

export const updateNetworkContract = {
  route: 'PUT /v1/networks/:network',
  summary: 'Make a network what is wished now, whole',
  params: ofNetwork,
  headers: once,
  body: networkWish.omit({ name: true }).extend({ revision }),
  answer: network,
} as const satisfies Contract;

export const switchNetworkContract = {
  route: 'POST /v1/networks/:network/switch',
  summary: 'Make a network one of another archetype, while traffic goes on',
  params: ofNetwork,
  body: switchWish,
  answer: switched,
} as const satisfies Contract;

export const deleteNetworkContract = {
  route: 'DELETE /v1/networks/:network',
  summary: 'Remove a network that has no endpoints',
  params: ofNetwork,
  query: removal,
  answer: removed,
} as const satisfies Contract;

export const watchNetworksContract = {
  route: 'GET /v1/watch/networks',
  summary: 'Networks, and then each change of one',
  headers: resumed,
  answer: networkEvent,
  sends: 'events',
} as const satisfies Contract;

export const endpointsContract = {
  route: 'GET /v1/networks/:network/endpoints',
  summary: 'The endpoints of a network',
  params: ofNetwork,
  answer: z.array(endpoint),
} as const satisfies Contract;

export const endpointContract = {
  route: 'GET /v1/networks/:network/endpoints/:endpoint',
  summary: 'An endpoint',
  params: ofEndpoint,
  answer: endpoint,
} as const satisfies Contract;

export const createEndpointContract = {
  route: 'POST /v1/networks/:network/endpoints',
  summary: 'Give something access to a network',
  params: ofNetwork,
  headers: once,
  body: endpointWish,
  answer: endpoint,
} as const satisfies Contract;

export const updateEndpointContract = {
  route: 'PUT /v1/networks/:network/endpoints/:endpoint',
  summary: 'Make an endpoint what is wished now, whole',
  params: ofEndpoint,
  headers: once,
  body: endpointWish.omit({ name: true }).extend({ revision }),
  answer: endpoint,
} as const satisfies Contract;

export const deleteEndpointContract = {
  route: 'DELETE /v1/networks/:network/endpoints/:endpoint',
  summary: 'Take access away',
  params: ofEndpoint,
  query: removal,
  answer: removed,
} as const satisfies Contract;

export const watchEndpointsContract = {
  route: 'GET /v1/watch/networks/:network/endpoints',
  summary: 'The endpoints of a network, and then each change of one',
  params: ofNetwork,
  headers: resumed,
  answer: endpointEvent,
  sends: 'events',
} as const satisfies Contract;

export const countersContract = {
  route: 'GET /v1/networks/:network/counters',
  summary: 'What has passed on a network',
  params: ofNetwork,
  answer: z.array(networkCounters),
} as const satisfies Contract;

export const allCountersContract = {
  route: 'GET /v1/counters/networks',
  summary: 'What has passed on all networks, by one look',
  answer: z.array(networkCounters),
} as const satisfies Contract;

export const networkFlowsContract = {
  route: 'GET /v1/networks/:network/flows',
  summary: 'What a network’s switch does with frames',
  params: ofNetwork,
  answer: z.array(networkFlow),
} as const satisfies Contract;

export const traceContract = {
  route: 'GET /v1/networks/:network/trace',
  summary: 'Where a frame would go on a network, and why',
  params: ofNetwork,
  query: frameWish,
  answer: trace,
} as const satisfies Contract;

export const directoryContract = {
  route: 'GET /v1/networks/:network/directory',
  summary: 'Who is known on a network by a title, and where they speak',
  params: ofNetwork,
  answer: directory,
} as const satisfies Contract;

function changeOf<Resource extends z.ZodType>(name: string, resource: Resource) {
  return z
    .discriminatedUnion('type', [
      z.object({ type: z.literal('changed'), revision: integer, resource }),
      z.object({ type: z.literal('removed'), revision: integer, name: text }),
    ])
    .meta({ id: name, description: 'One that is there, was added or changed, or is there no more.' });
}
