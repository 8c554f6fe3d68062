import { HeddleError } from '../../lib/errors.ts';
import { invalidError } from '../standard/parsed.ts';
import type { NetworkOptions } from './options.ts';
import { addressText, isHost, lastOf, numberOf, type Prefix, prefixOf, sizeOf } from './prefix.ts';
import { isIn } from './subnets.ts';

/** An address that somebody has. */
export interface Given {
  readonly address: string;
  /** Who, in words. */
  readonly by: string;
}

/**
 * One address in each subnet: that asked for, or one that nobody has; in the order of the subnets, without lengths.
 * @throws HeddleError ERR_RESOURCE_INVALID, ERR_NETWORK_POOL when one is taken, or none is left
 */
export function chooseAddresses(
  what: string,
  asked: readonly string[],
  subnets: NetworkOptions['subnets'],
  given: readonly Given[],
): string[] {
  const prefixes = subnets.map(({ subnet }) => prefixOf(subnet));
  for (const address of asked) {
    if (!prefixes.some((prefix) => isIn(address, prefix))) {
      const names = subnets.map(({ subnet }) => subnet).join(', ');
      throw invalidError(`${what}: address ${address} is in none of its network’s subnets: ${names}`);
    }
  }
  return subnets.map((subnet, index) => {
    const prefix = prefixes[index] as Prefix;
    const [fixed, ...more] = asked.filter((address) => isIn(address, prefix));
    if (more.length > 0)
      throw invalidError(`${what}: two addresses in ${subnet.subnet}: ${fixed}, ${more[0]}`);
    const taken = new Map<bigint, string>();
    for (const { address, by } of given) if (isIn(address, prefix)) taken.set(numberOf(address).number, by);
    if (subnet.gateway !== undefined) taken.set(numberOf(subnet.gateway).number, 'the gateway');
    return fixed === undefined ? free(what, subnet, prefix, taken) : checked(what, fixed, prefix, taken);
  });
}

/**
 * The first free one behind the highest that is taken, or the lowest free one: an address that was given back is not given
 * again at once, while others may still know who had it.
 */
function free(
  what: string,
  { subnet, range = subnet }: NetworkOptions['subnets'][number],
  prefix: Prefix,
  taken: ReadonlyMap<bigint, string>,
): string {
  const from = prefixOf(range);
  const low = max(from.first, prefix.first + 1n);
  const high = min(from.first + sizeOf(from) - 1n, lastOf(prefix));
  let highest = low - 1n;
  for (const number of taken.keys()) if (number <= high && number > highest) highest = number;
  if (highest < high) return addressText(prefix.family, highest + 1n);
  for (let number = low; number <= high; number++)
    if (!taken.has(number)) return addressText(prefix.family, number);
  throw new HeddleError(
    'ERR_NETWORK_POOL',
    `${what}: no address is left in ${range}: ${taken.size} are taken`,
  );
}

function checked(what: string, address: string, prefix: Prefix, taken: ReadonlyMap<bigint, string>): string {
  const { number } = numberOf(address);
  if (!isHost(number, prefix))
    throw invalidError(`${what}: address ${address} is no endpoint’s: it means the subnet or all in it`);
  const by = taken.get(number);
  if (by !== undefined)
    throw new HeddleError('ERR_NETWORK_POOL', `${what}: address ${address} is that of ${by}`);
  return addressText(prefix.family, number);
}

function max(one: bigint, other: bigint): bigint {
  return one > other ? one : other;
}

function min(one: bigint, other: bigint): bigint {
  return one < other ? one : other;
}
