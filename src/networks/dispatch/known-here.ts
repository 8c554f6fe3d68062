import { isHeddleError } from '../../lib/errors.ts';
import type { Endpoint, EndpointWish } from '../standard/endpoint.ts';
import type { Network, NetworkWish } from '../standard/network.ts';
import type { NetworkingService, Resources } from '../standard/networking-service.ts';
import { ownerLabel } from './names.ts';
import { isOurs } from './todo.ts';

/**
 * Networks that nodes share, as this node knows them while nothing was ever seen of the shared state: those that it has itself. What
 * changes something fails.
 */
export function knownHere(
  shared: NetworkingService,
  local: NetworkingService,
  here: string,
): NetworkingService {
  return {
    networks: orElse<Network, NetworkWish>(shared.networks, {
      read: async (name) => shownNetwork(await local.networks.read(name), here),
      list: async () => (await local.networks.list()).filter(isOurs).map((one) => shownNetwork(one, here)),
    }),
    endpoints: (network) => {
      const those = local.endpoints(network);
      return orElse<Endpoint, EndpointWish>(shared.endpoints(network), {
        read: async (name) => shownEndpoint(await those.read(name), here),
        list: async () => (await those.list()).map((one) => shownEndpoint(one, here)),
      });
    },
    // What passes here is known here.
    traffic: { ...local.traffic, directory: (network) => shared.traffic.directory(network) },
  };
}

function orElse<Resource, Wish>(
  shared: Resources<Resource, Wish>,
  local: Pick<Resources<Resource, Wish>, 'read' | 'list'>,
): Resources<Resource, Wish> {
  const unlessUnreachable = async <Found>(
    asked: Promise<Found>,
    known: () => Promise<Found>,
  ): Promise<Found> => {
    try {
      return await asked;
    } catch (error) {
      if (!isHeddleError(error, 'ERR_STATE_UNREACHABLE')) throw error;
      return known();
    }
  };
  return {
    create: (wish, key) => shared.create(wish, key),
    read: (name) => unlessUnreachable(shared.read(name), () => local.read(name)),
    list: () => unlessUnreachable(shared.list(), () => local.list()),
    update: (wish, revision, key) => shared.update(wish, revision, key),
    delete: (name, revision) => shared.delete(name, revision),
    watch: (signal, after) => shared.watch(signal, after),
  };
}

function shownNetwork(network: Network, here: string): Network {
  const { phase, reason } = network.status;
  const node = { name: here, phase, ...(reason !== undefined && { reason }) };
  return { ...network, labels: withoutOwner(network.labels), status: { ...network.status, nodes: [node] } };
}

function shownEndpoint(endpoint: Endpoint, here: string): Endpoint {
  const { attachment, labels } = endpoint;
  const node = attachment.kind === 'remote' ? attachment.node : here;
  return { ...endpoint, node, labels: withoutOwner(labels) };
}

function withoutOwner({ [ownerLabel]: _, ...labels }: Network['labels']): Network['labels'] {
  return labels;
}
