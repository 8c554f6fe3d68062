import type { As, Settled, Taken } from '../standard/archetype.ts';
import type { Endpoint } from '../standard/endpoint.ts';
import type { Network } from '../standard/network.ts';
import { invalidError } from '../standard/parsed.ts';
import { chooseAddresses, type Given } from './addresses.ts';
import { checkDhcp } from './dhcp.ts';
import type { EndpointOptions, NetworkOptions } from './options.ts';
import { pools } from './pools.ts';
import { prefixOf } from './prefix.ts';
import { settlePorts } from './settle-ports.ts';
import { chooseSubnets } from './subnets.ts';

export type IpNetwork = As<Settled<Network>, NetworkOptions>;
export type IpEndpoint = As<Settled<Endpoint>, EndpointOptions>;

/** A network of an archetype that is made of one of `ip`, and takes the same. */
type Subnetted<Options extends Pick<NetworkOptions, 'subnets' | 'ipv6'>> = As<Settled<Network>, Options>;

/** What a network of `ip` will be. @throws HeddleError */
export function settleIpNetwork(
  wish: IpNetwork,
  others: readonly IpNetwork[],
  taken: readonly Taken[],
  before: IpNetwork | undefined,
): NetworkOptions {
  const options = settleNetwork(wish, others, taken, before);
  checkDhcp(wish.name, options);
  checkUplink(wish, options);
  return options;
}

/** @throws HeddleError ERR_RESOURCE_INVALID for what would harm whoever is behind an uplink, or lets in what is to stay out */
function checkUplink({ name, vlan }: IpNetwork, options: NetworkOptions): void {
  if (options.uplink === undefined) return;
  const refused = [
    [options.switch.kind === 'openvswitch', 'an Open vSwitch is joined to others by a VLAN id: vlan'],
    [vlan !== undefined, 'a network has one way to the wire: an uplink, or a VLAN id (vlan)'],
    [options.internal, 'whoever is behind it would come in, and the network is internal'],
    [options.dhcp !== false, 'its server of DHCP would answer whoever is behind it (dhcp)'],
  ] as const;
  const why = refused.find(([isSo]) => isSo)?.[1];
  if (why !== undefined) throw invalidError(`network ${name}: options.uplink: ${why}`);
}

/** The same of one that is made of one of `ip`. @throws HeddleError */
export function settleNetwork<Options extends Pick<NetworkOptions, 'subnets' | 'ipv6'>>(
  wish: Subnetted<Options>,
  others: readonly Subnetted<Options>[],
  taken: readonly Taken[],
  before: Subnetted<Options> | undefined,
): Options {
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

/** What is asked of the host where an endpoint publishes a port without saying at which. */
export function choosesOnHost({ ports }: EndpointOptions) {
  return ports.some(({ published }) => published === undefined) ? { ports } : undefined;
}

/** What an endpoint will be. @throws HeddleError */
export function settleEndpoint<Options extends EndpointOptions>(
  wish: As<Settled<Endpoint>, Options>,
  network: Subnetted<Pick<NetworkOptions, 'subnets' | 'ipv6' | 'internal' | 'names'>>,
  others: readonly IpEndpoint[],
  before: IpEndpoint | undefined,
  held: ReadonlySet<string> = new Set(),
): Options {
  const what = `endpoint ${wish.name} of ${network.name}`;
  const theirs = wish.attachment.kind === 'remote' ? [] : others.filter(isOnHostOf(wish));
  const families = new Set(network.options.subnets.map(({ subnet }) => prefixOf(subnet).family));
  // Those of another node are chosen there.
  const ports =
    wish.attachment.kind === 'remote'
      ? wish.options.ports
      : settlePorts(
          what,
          { id: wish.id, families },
          wish.options.ports,
          before?.options.ports ?? [],
          theirs,
          held,
        );
  const options = { ...wish.options, ports };
  refuseServers(what, options, network, families);
  if (network.options.internal && options.ports.length > 0)
    throw invalidError(`${what}: options.ports: network ${network.name} is internal, and nothing comes in`);
  const given = others.flatMap(({ name, options: { addresses } }) =>
    addresses.map((address) => ({ address, by: `endpoint ${name}` })),
  );
  if (wish.attachment.kind === 'node')
    return { ...options, addresses: gatewayOf(what, network, given, options.addresses, before) };
  // One that changes keeps what it has, unless others are asked for.
  const asked = options.addresses.length > 0 ? options.addresses : (before?.options.addresses ?? []);
  return { ...options, addresses: chooseAddresses(what, asked, network.options.subnets, given) };
}

/** @throws HeddleError ERR_RESOURCE_INVALID where nobody could ask other name servers for it */
function refuseServers(
  what: string,
  { dns }: Pick<EndpointOptions, 'dns'>,
  { name, options }: Subnetted<Pick<NetworkOptions, 'subnets' | 'ipv6' | 'internal' | 'names'>>,
  families: ReadonlySet<4 | 6>,
): void {
  if (dns.length === 0) return;
  if (options.internal)
    throw invalidError(`${what}: options.dns: network ${name} is internal, and nothing is asked outside`);
  if (options.names && !families.has(4))
    throw invalidError(`${what}: options.dns: the name server of network ${name} is asked by IPv4 for it`);
}

/** A node is the gateway of its endpoints: the first has the network's, and others have addresses of their own. */
function gatewayOf(
  what: string,
  { options: { subnets } }: Subnetted<Pick<NetworkOptions, 'subnets' | 'ipv6'>>,
  given: readonly Given[],
  asked: readonly string[],
  before: IpEndpoint | undefined,
): string[] {
  if (before) return [...before.options.addresses];
  // It was another archetype's.
  if (asked.length > 0) return [...asked];
  const gateways = subnets.flatMap(({ gateway }) => gateway ?? []);
  const isTaken = given.some(({ address }) => gateways.includes(address));
  return isTaken ? chooseAddresses(what, [], subnets, given) : gateways;
}

/** What a network is told on a node that has an endpoint on it: that is the gateway there. */
export function forNode<Options extends Pick<NetworkOptions, 'subnets' | 'ipv6'>>(
  { options }: Subnetted<Options>,
  node: Pick<IpEndpoint, 'options'>,
): Options {
  const subnets = options.subnets.map((subnet, index) => {
    const gateway = node.options.addresses[index];
    return gateway === undefined ? subnet : { ...subnet, gateway };
  });
  return { ...options, subnets };
}

export function prefixesOf({ options }: Subnetted<Pick<NetworkOptions, 'subnets' | 'ipv6'>>): string[] {
  return options.subnets.map(({ subnet }) => subnet);
}

function isOnHostOf({ node }: Pick<Endpoint, 'node'>): (other: IpEndpoint) => boolean {
  return (other) => other.node === node && other.attachment.kind !== 'remote';
}
