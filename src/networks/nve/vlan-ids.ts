import { HeddleError } from '../../lib/errors.ts';
import { contentHash } from '../../lib/hash.ts';
import { vlanIds } from './check.ts';

/** Who has a VLAN id: the id of a network, or words of what else there is: `the host’s own, on eth0.7`. */
export type TakenIds = ReadonlyMap<number, string>;

/** What ids are chosen from; both ends count. */
export interface VlanRange {
  readonly first: number;
  readonly last: number;
}

/**
 * Chooses the VLAN id of a network. Two nodes that make the same network at once choose the same, and such as make
 * different ones seldom the same: it follows from the network's id, and the next that is free where that is taken. Pure.
 * @throws HeddleError ERR_NETWORK_POOL
 */
export function chooseVlanId(network: string, taken: TakenIds, range: VlanRange = vlanIds): number {
  const size = range.last - range.first + 1;
  const start = Number.parseInt(contentHash('vlan', network).slice(0, 8), 16) % size;
  for (let step = 0; step < size; step++) {
    const id = range.first + ((start + step) % size);
    if (!taken.has(id)) return id;
  }
  throw new HeddleError('ERR_NETWORK_POOL', `no VLAN id is left of ${range.first} to ${range.last}`);
}

/**
 * Checks one that was asked for.
 * @throws HeddleError ERR_NETWORK_POOL
 */
export function checkVlanId(id: number, network: string, taken: TakenIds, range: VlanRange = vlanIds): void {
  if (!Number.isInteger(id) || id < range.first || id > range.last)
    throw new HeddleError('ERR_NETWORK_POOL', `VLAN id ${id} is not one of ${range.first} to ${range.last}`);
  const owner = taken.get(id);
  if (owner !== undefined && owner !== network)
    throw new HeddleError('ERR_NETWORK_POOL', `VLAN id ${id} is taken: ${owner}`);
}
