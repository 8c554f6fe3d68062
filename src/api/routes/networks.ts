import type { ArchetypeDescription } from '../../networks/standard/archetype-description.ts';
import type { NetworkingService, Networks } from '../../networks/standard/networking-service.ts';
import { type Route, route } from '../contract.ts';
import * as contracts from '../contracts/networks.ts';

interface Host {
  readonly networking: NetworkingService;
  archetypes(): readonly ArchetypeDescription[];
}

/** What only a node does, which has the services of all archetypes. */
export const switchRoutes: readonly Route<{ readonly networking: Networks }>[] = [
  route(
    contracts.switchNetworkContract,
    ({ networking }: { readonly networking: Networks }, { params, body }) =>
      networking.switch(params.network, body),
  ),
];

/** The standard API over HTTP: of a node, and of a networking service that runs by itself. */
export const networkRoutes: readonly Route<Host>[] = [
  route(contracts.archetypesContract, (host: Host) => host.archetypes()),
  route(contracts.networksContract, ({ networking }: Host) => networking.networks.list()),
  route(contracts.networkContract, ({ networking }: Host, { params }) =>
    networking.networks.read(params.network),
  ),
  route(contracts.createNetworkContract, ({ networking }: Host, { body, headers }) =>
    networking.networks.create(body, headers['idempotency-key']),
  ),
  route(contracts.updateNetworkContract, ({ networking }: Host, { params, body, headers }) => {
    const { revision, ...wish } = body;
    return networking.networks.update(
      { ...wish, name: params.network },
      revision,
      headers['idempotency-key'],
    );
  }),
  route(contracts.deleteNetworkContract, async ({ networking }: Host, { params, query }) => {
    await networking.networks.delete(params.network, query.revision);
    return { name: params.network };
  }),
  route(contracts.watchNetworksContract, ({ networking }: Host, { headers, gone }) =>
    networking.networks.watch(gone, afterOf(headers)),
  ),
  route(contracts.endpointsContract, ({ networking }: Host, { params }) =>
    networking.endpoints(params.network).list(),
  ),
  route(contracts.endpointContract, ({ networking }: Host, { params }) =>
    networking.endpoints(params.network).read(params.endpoint),
  ),
  route(contracts.createEndpointContract, ({ networking }: Host, { params, body, headers }) =>
    networking.endpoints(params.network).create(body, headers['idempotency-key']),
  ),
  route(contracts.updateEndpointContract, ({ networking }: Host, { params, body, headers }) => {
    const { revision, ...wish } = body;
    return networking
      .endpoints(params.network)
      .update({ ...wish, name: params.endpoint }, revision, headers['idempotency-key']);
  }),
  route(contracts.deleteEndpointContract, async ({ networking }: Host, { params, query }) => {
    await networking.endpoints(params.network).delete(params.endpoint, query.revision);
    return { name: params.endpoint };
  }),
  route(contracts.watchEndpointsContract, ({ networking }: Host, { params, headers, gone }) =>
    networking.endpoints(params.network).watch(gone, afterOf(headers)),
  ),
  route(contracts.countersContract, ({ networking }: Host, { params }) =>
    networking.traffic.counters(params.network),
  ),
  route(contracts.allCountersContract, ({ networking }: Host) => networking.traffic.counters()),
  route(contracts.networkFlowsContract, ({ networking }: Host, { params }) =>
    networking.traffic.flows(params.network),
  ),
  route(contracts.traceContract, ({ networking }: Host, { params, query }) =>
    networking.traffic.trace(params.network, query),
  ),
  route(contracts.directoryContract, ({ networking }: Host, { params }) =>
    networking.traffic.directory(params.network),
  ),
];

function afterOf(headers: { readonly 'last-event-id'?: string }): number | undefined {
  const last = headers['last-event-id'];
  return last === undefined ? undefined : Number(last);
}
