import { isHeddleError } from '../lib/errors.ts';
import type { Network, NetworkWish } from '../networks/standard/network.ts';
import type { NetworkingService } from '../networks/standard/networking-service.ts';
import { invalidError } from '../networks/standard/parsed.ts';

/**
 * The network of the name: one that is there is taken as it is, whoever made it; else it is made as wished.
 * @throws HeddleError ERR_RESOURCE_INVALID when it is there, of another archetype
 */
export async function networkFor(networking: NetworkingService, wish: NetworkWish): Promise<Network> {
  const there = await unlessUnknown(networking.networks.read(wish.name));
  if (there) return ofArchetype(there, wish.archetype);
  try {
    return await networking.networks.create(wish);
  } catch (error) {
    // Somebody was quicker.
    if (!isHeddleError(error, 'ERR_RESOURCE_EXISTS')) throw error;
    return ofArchetype(await networking.networks.read(wish.name), wish.archetype);
  }
}

function ofArchetype(network: Network, archetype: string): Network {
  if (network.archetype === archetype) return network;
  throw invalidError(
    `network ${network.name}: archetype: it is there already, of ${network.archetype}, not ${archetype}`,
  );
}

export async function unlessUnknown<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if (isHeddleError(error, 'ERR_RESOURCE_UNKNOWN')) return undefined;
    throw error;
  }
}
