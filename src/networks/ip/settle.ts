import { HeddleError } from '../../lib/errors.ts';
import type { As, Settled, Taken } from '../standard/archetype.ts';
import type { Endpoint } from '../standard/endpoint.ts';
import type { Network } from '../standard/network.ts';
import { invalidError } from '../standard/parsed.ts';
import { chooseAddresses } from './addresses.ts';
import type { EndpointOptions, NetworkOptions, Published } from './options.ts';
import { chooseSubnets, type Pool } from './subnets.ts';

export type IpNetwork = As<Settled<Network>, NetworkOptions>;
export type IpEndpoint = As<Settled<Endpoint>, EndpointOptions>;

/** What a network of this archetype will be. @throws HeddleError */
export function settleNetwork(
  pools: readonly Pool[],
  wish: IpNetwork,
  others: readonly IpNetwork[],
  taken: readonly Taken[],
  before: IpNetwork | undefined,
): NetworkOptions {
  const what = `network ${wish.name}`;
  const { options } = wish;
  if (before && options.subnets.length === 0) return { ...options, subnets: before.options.subnets };
  const theirs = others.flatMap(({ name, options: { subnets } }) =>
    subnets.map(({ subnet }) => ({ prefix: subnet, by: `network ${name}` })),
  );
  // What the host has of this very network is no hindrance to it.
  const own = new Set(before?.options.subnets.map(({ subnet }) => subnet));
  const foreign = taken.filter(({ prefix }) => !own.has(prefix));
  const subnets = chooseSubnets(what, options, [...theirs, ...foreign], pools);
  if (before && JSON.stringify(subnets) !== JSON.stringify(before.options.subnets))
    throw invalidError(
      `${what}: options.subnets: a network keeps its subnets`,
      'remove it, and make it anew',
    );
  return { ...options, subnets };
}

/** What an endpoint will be. @throws HeddleError */
export function settleEndpoint(
  wish: IpEndpoint,
  network: IpNetwork,
  others: readonly IpEndpoint[],
  before: IpEndpoint | undefined,
): EndpointOptions {
  const what = `endpoint ${wish.name} of ${network.name}`;
  const { options } = wish;
  if (network.options.internal && options.ports.length > 0)
    throw invalidError(`${what}: options.ports: network ${network.name} is internal, and nothing comes in`);
  refuseTwice(what, options.ports, others);
  const given = others.flatMap(({ name, options: { addresses } }) =>
    addresses.map((address) => ({ address, by: `endpoint ${name}` })),
  );
  // One that changes keeps what it has, unless others are asked for.
  const asked = options.addresses.length > 0 ? options.addresses : (before?.options.addresses ?? []);
  return { ...options, addresses: chooseAddresses(what, asked, network.options.subnets, given) };
}

/** Published ports are the host's: within a network they are known, across networks the rules have them. */
function refuseTwice(what: string, ports: readonly Published[], others: readonly IpEndpoint[]): void {
  const taken = new Map(
    others.flatMap(({ name, options }) => options.ports.map((port) => [keyOf(port), `endpoint ${name}`])),
  );
  for (const port of ports) {
    const by = taken.get(keyOf(port));
    if (by !== undefined)
      throw new HeddleError(
        'ERR_PORT_IN_USE',
        `${what}: ${port.protocol} port ${port.published} is published by ${by}`,
      );
    taken.set(keyOf(port), 'itself');
  }
}

function keyOf({ protocol, published, address }: Published): string {
  return `${protocol} ${address ?? 'any'} ${published}`;
}
