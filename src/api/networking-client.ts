import type { Endpoint, EndpointWish } from '../networks/standard/endpoint.ts';
import type { Network, NetworkWish } from '../networks/standard/network.ts';
import type { Networks, Resources } from '../networks/standard/networking-service.ts';
import type { Switched, SwitchWish } from '../networks/standard/switch.ts';
import type { NetworkTraffic } from '../networks/standard/traffic.ts';
import type * as contracts from './contracts/networks.ts';
import type { Transport } from './transport.ts';

/** The standard API of whoever answers: a node, or a networking service that runs by itself. */
export class NetworkingClient implements Networks {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  archetypes() {
    return this.#transport.ask<typeof contracts.archetypesContract>('GET /v1/archetypes', {});
  }

  switch(network: string, body: SwitchWish): Promise<Switched> {
    return this.#transport.ask<typeof contracts.switchNetworkContract>('POST /v1/networks/:network/switch', {
      params: { network },
      body,
    });
  }

  get networks(): Resources<Network, NetworkWish> {
    const transport = this.#transport;
    return {
      create: (body, key) =>
        transport.ask<typeof contracts.createNetworkContract>('POST /v1/networks', {
          headers: once(key),
          body,
        }),
      read: (network) =>
        transport.ask<typeof contracts.networkContract>('GET /v1/networks/:network', { params: { network } }),
      list: async () => [...(await transport.ask<typeof contracts.networksContract>('GET /v1/networks', {}))],
      update: ({ name: network, ...wish }, revision, key) =>
        transport.ask<typeof contracts.updateNetworkContract>('PUT /v1/networks/:network', {
          params: { network },
          headers: once(key),
          body: { ...wish, revision },
        }),
      delete: async (network, revision) => {
        await transport.ask<typeof contracts.deleteNetworkContract>('DELETE /v1/networks/:network', {
          params: { network },
          query: asRead(revision),
        });
      },
      watch: (signal, after) =>
        transport.follow<typeof contracts.watchNetworksContract>(
          'GET /v1/watch/networks',
          { headers: resumed(after) },
          signal,
        ),
    };
  }

  get traffic(): NetworkTraffic {
    const transport = this.#transport;
    return {
      counters: async (network) => [
        ...(network === undefined
          ? await transport.ask<typeof contracts.allCountersContract>('GET /v1/counters/networks', {})
          : await transport.ask<typeof contracts.countersContract>('GET /v1/networks/:network/counters', {
              params: { network },
            })),
      ],
      flows: async (network) => [
        ...(await transport.ask<typeof contracts.networkFlowsContract>('GET /v1/networks/:network/flows', {
          params: { network },
        })),
      ],
      trace: (network, query) =>
        transport.ask<typeof contracts.traceContract>('GET /v1/networks/:network/trace', {
          params: { network },
          query,
        }),
      directory: (network) =>
        transport.ask<typeof contracts.directoryContract>('GET /v1/networks/:network/directory', {
          params: { network },
        }),
    };
  }

  endpoints(network: string): Resources<Endpoint, EndpointWish> {
    const transport = this.#transport;
    return {
      create: (body, key) =>
        transport.ask<typeof contracts.createEndpointContract>('POST /v1/networks/:network/endpoints', {
          params: { network },
          headers: once(key),
          body,
        }),
      read: (endpoint) =>
        transport.ask<typeof contracts.endpointContract>('GET /v1/networks/:network/endpoints/:endpoint', {
          params: { network, endpoint },
        }),
      list: async () => [
        ...(await transport.ask<typeof contracts.endpointsContract>('GET /v1/networks/:network/endpoints', {
          params: { network },
        })),
      ],
      update: ({ name: endpoint, ...wish }, revision, key) =>
        transport.ask<typeof contracts.updateEndpointContract>(
          'PUT /v1/networks/:network/endpoints/:endpoint',
          {
            params: { network, endpoint },
            headers: once(key),
            body: { ...wish, revision },
          },
        ),
      delete: async (endpoint, revision) => {
        await transport.ask<typeof contracts.deleteEndpointContract>(
          'DELETE /v1/networks/:network/endpoints/:endpoint',
          { params: { network, endpoint }, query: asRead(revision) },
        );
      },
      watch: (signal, after) =>
        transport.follow<typeof contracts.watchEndpointsContract>(
          'GET /v1/watch/networks/:network/endpoints',
          { params: { network }, headers: resumed(after) },
          signal,
        ),
    };
  }
}

function once(key: string | undefined) {
  return key === undefined ? {} : { 'idempotency-key': key };
}

function resumed(after: number | undefined) {
  return after === undefined ? {} : { 'last-event-id': String(after) };
}

function asRead(revision: number | undefined) {
  return revision === undefined ? {} : { revision };
}
