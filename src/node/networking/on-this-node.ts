import { HeddleError, isHeddleError } from '../../lib/errors.ts';
import type { Endpoint, EndpointWish } from '../../networks/standard/endpoint.ts';
import type { Networks, NetworksHere, Resources } from '../../networks/standard/networking-service.ts';

/**
 * Networks as the applications of this node have them: an endpoint of another node may bear the name of one of theirs, and is
 * not theirs. Where nodes share nothing, all endpoints are this one's.
 */
export function onThisNode(networking: Networks, here: string): NetworksHere {
  return {
    networks: networking.networks,
    traffic: networking.traffic,
    switch: (name, wish) => networking.switch(name, wish),
    endpoints: (network) => endpointsHere(networking.endpoints(network), network, here),
    elsewhere: (network) => nodesOn(networking.endpoints(network), here),
  };
}

async function nodesOn(
  all: Pick<Resources<Endpoint, EndpointWish>, 'list'>,
  here: string,
): Promise<string[]> {
  try {
    const endpoints = await all.list();
    const others = endpoints
      .filter(({ attachment }) => attachment.kind !== 'node')
      .map(({ node = here }) => node);
    return [...new Set(others)].filter((node) => node !== here).sort();
  } catch (error) {
    // It was removed meanwhile.
    if (!isHeddleError(error, 'ERR_RESOURCE_UNKNOWN')) throw error;
    return [];
  }
}

function endpointsHere(
  all: Resources<Endpoint, EndpointWish>,
  network: string,
  here: string,
): Resources<Endpoint, EndpointWish> {
  const isHere = ({ node = here }: Endpoint) => node === here;
  const read = async (name: string) => {
    const found = await all.read(name);
    if (isHere(found)) return found;
    throw new HeddleError(
      'ERR_RESOURCE_UNKNOWN',
      `endpoint ${name} of ${network}: there is none on this node`,
    );
  };
  return {
    read,
    list: async () => (await all.list()).filter(isHere),
    create: async (wish, key) => {
      try {
        return await all.create(wish, key);
      } catch (error) {
        if (!isHeddleError(error, 'ERR_RESOURCE_EXISTS')) throw error;
        const { node = here } = await all.read(wish.name);
        if (node === here) throw error;
        throw new HeddleError(
          'ERR_RESOURCE_IN_USE',
          `endpoint ${wish.name} of ${network}: it is node ${node}’s`,
          {
            cause: error,
            hint: 'an application of that name runs there: give this one another',
          },
        );
      }
    },
    update: async (wish, revision, key) => {
      await read(wish.name);
      return all.update(wish, revision, key);
    },
    delete: async (name, revision) => {
      await read(name);
      await all.delete(name, revision);
    },
    watch: (signal, after) => all.watch(signal, after),
  };
}
