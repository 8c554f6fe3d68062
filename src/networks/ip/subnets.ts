import { HeddleError } from '../../lib/errors.ts';
import type { Taken } from '../standard/archetype.ts';
import { invalidError } from '../standard/parsed.ts';
import type { NetworkOptions } from './options.ts';
import {
  addressText,
  type Family,
  isHost,
  numberOf,
  overlap,
  type Prefix,
  partsOf,
  prefixOf,
  prefixText,
  sizeOf,
} from './prefix.ts';

/** Where subnets are cut from when none was asked for. */
export interface Pool {
  readonly prefix: string;
  /** Of the subnets. */
  readonly length: number;
}

/** What no host's address is in, or no other's than its own (RFC 6890; RFC 1112, 4; RFC 4291, 2.4). */
const special: readonly { readonly prefix: string; readonly use: string }[] = [
  { prefix: '0.0.0.0/8', use: 'is for hosts that have no address yet' },
  { prefix: '127.0.0.0/8', use: 'is for loopback' },
  { prefix: '224.0.0.0/4', use: 'is for multicast' },
  { prefix: '240.0.0.0/4', use: 'is reserved' },
  { prefix: '::/127', use: 'is for loopback' },
  { prefix: '::ffff:0:0/96', use: 'is for IPv4 addresses' },
  { prefix: 'fe80::/10', use: 'is for each link by itself' },
  { prefix: 'ff00::/8', use: 'is for multicast' },
];

type Subnet = NetworkOptions['subnets'][number];

/**
 * The subnets of a network, each with its gateway: those asked for, or one that nobody has.
 * @throws HeddleError ERR_RESOURCE_INVALID, ERR_NETWORK_POOL when one is taken, or none is left
 */
export function chooseSubnets(
  what: string,
  { subnets, ipv6 }: Pick<NetworkOptions, 'subnets' | 'ipv6'>,
  taken: readonly Taken[],
  pools: readonly Pool[],
): Required<Subnet>[] {
  const chosen = subnets.map((subnet, index) => checked(`${what}: options.subnets.${index}`, subnet));
  for (const [index, { subnet }] of chosen.entries()) {
    const others = chosen.slice(0, index).map((other) => ({ prefix: other.subnet, by: 'the same network' }));
    const first = firstOverlap(subnet, [...others, ...taken.filter(({ isReserved }) => !isReserved)]);
    if (first)
      throw new HeddleError(
        'ERR_NETWORK_POOL',
        `${what}: subnet ${subnet} overlaps with ${first.prefix} of ${first.by}`,
      );
  }
  const has = (family: Family) => chosen.some(({ subnet }) => prefixOf(subnet).family === family);
  const wanted: Family[] = [
    ...(subnets.length === 0 ? [4 as const] : []),
    ...(ipv6 && !has(6) ? [6 as const] : []),
  ];
  return [...chosen, ...wanted.map((family) => checked(what, { subnet: free(what, family, taken, pools) }))];
}

/** The first subnet of a pool that nobody has. */
function free(what: string, family: Family, taken: readonly Taken[], pools: readonly Pool[]): string {
  const prefixes = taken.map(({ prefix }) => prefixOf(prefix));
  const candidates = pools.filter(({ prefix }) => prefixOf(prefix).family === family);
  for (const { prefix, length } of candidates) {
    for (const part of partsOf(prefixOf(prefix), length)) {
      if (!prefixes.some((other) => overlap(part, other))) return prefixText(part);
    }
  }
  const names = candidates.map(({ prefix, length }) => `${prefix} (/${length} each)`).join(', ') || 'none';
  throw new HeddleError('ERR_NETWORK_POOL', `${what}: no IPv${family} subnet is left in the pools: ${names}`);
}

function firstOverlap(subnet: string, taken: readonly Taken[]): Taken | undefined {
  const prefix = prefixOf(subnet);
  return taken.find((other) => overlap(prefix, prefixOf(other.prefix)));
}

function checked(what: string, { subnet, gateway, range }: Subnet): Required<Subnet> {
  const prefix = prefixOf(subnet);
  const text = prefixText(prefix);
  // Two of IPv4 are no hosts' (RFC 919), and one is the gateway's.
  if (sizeOf(prefix) < 4n)
    throw invalidError(`${what}: subnet ${subnet} has no room for a gateway and an endpoint`);
  if (numberOf(subnet.split('/')[0] ?? '').number !== prefix.first)
    throw invalidError(`${what}: subnet ${subnet} has bits behind its prefix`, `write ${text}`);
  const kept = special.find((one) => overlap(prefix, prefixOf(one.prefix)));
  if (kept) throw invalidError(`${what}: subnet ${text} overlaps with ${kept.prefix}, which ${kept.use}`);
  const first = addressText(prefix.family, prefix.first + 1n);
  const router = gateway ?? first;
  if (!isIn(router, prefix)) throw invalidError(`${what}: gateway ${router} is not in ${text}`);
  if (!isHost(numberOf(router).number, prefix))
    throw invalidError(`${what}: gateway ${router} is no host’s: it means the subnet or all in it`);
  const from = range ?? text;
  if (!isWithin(prefixOf(from), prefix)) throw invalidError(`${what}: range ${from} is not in ${text}`);
  return { subnet: text, gateway: router, range: prefixText(prefixOf(from)) };
}

export function isIn(address: string, prefix: Prefix): boolean {
  const { family, number } = numberOf(address);
  return family === prefix.family && number >= prefix.first && number < prefix.first + sizeOf(prefix);
}

function isWithin(part: Prefix, whole: Prefix): boolean {
  return overlap(part, whole) && part.length >= whole.length;
}
