import type { Labels } from '../lib/labels.ts';
import { carriesIp } from '../networks/archetypes.ts';
import type { EndpointWish } from '../networks/standard/endpoint.ts';
import type { NetworkWish } from '../networks/standard/network.ts';
import { onWire } from '../networks/standard/on-wire.ts';
import { functionsOf } from '../selector/led.ts';
import { driverOptionsOf, optionsOf } from '../selector/network-options.ts';
import type { NetworkSpec, PodSpec } from '../selector/spec.ts';

// What Compose says of networks and of places on them, as the standard API has it. Pure. What is not said stays unsaid:
// an archetype without IP takes no subnets.

export function networkWish(network: NetworkSpec, labels: Labels): NetworkWish {
  const { name, owner } = network;
  const { mtu } = driverOptionsOf(network);
  return {
    name,
    archetype: owner,
    ...(mtu !== undefined && { mtu }),
    ...onWire(network),
    labels: { ...network.labels, ...labels },
    options: wholeOptions(network),
  };
}

function wholeOptions(network: NetworkSpec): Record<string, unknown> {
  const { options: archetypeOptions } = network;
  return optionsOf({ ...network, ...(archetypeOptions && { archetypeOptions }) });
}

/** An endpoint without its place: that is where the sandbox runs. */
export type PlacelessWish = Omit<EndpointWish, 'attachment'> & { readonly interface: string };

/**
 * The endpoints of a sandbox, by network. What is published comes in, and what has no other way goes out, through the first
 * network that is not internal; interfaces are named as the engines name theirs, in this order.
 */
export function endpointWishes(
  { name: pod, sandbox, path, chains }: Pick<PodSpec, 'name' | 'sandbox' | 'path' | 'chains'>,
  networks: readonly NetworkSpec[],
): ReadonlyMap<string, PlacelessWish> {
  if (sandbox.kind !== 'own') return new Map();
  const own = sandbox.networks.filter(({ owner }) => owner !== undefined);
  const says = (name: string, key: string, value: boolean) => {
    const network = networks.find((one) => one.name === name);
    return network !== undefined && wholeOptions(network)[key] === value;
  };
  const withIp = own.filter(({ owner = '' }) => carriesIp(owner));
  const wayOut = withIp.find(({ network }) => !says(network, 'internal', true))?.network;
  // Programs ask one server, and take its answer: that one has to know the names of all.
  const withNames = withIp.flatMap(({ network }) => (says(network, 'names', false) ? [] : [network]));
  const asked = withNames.find((network) => network === wayOut) ?? withNames[0];
  const others = withNames.filter((network) => network !== asked);
  const ports = sandbox.ports.map(({ target, published, protocol, hostIp }) => ({
    port: target,
    ...(published !== undefined && { published }),
    protocol,
    ...(hostIp !== undefined && { address: hostIp }),
  }));
  return new Map(
    own.map(({ network, owner = '', aliases, ipv4, ipv6, mac }, index) => {
      const addresses = [ipv4, ipv6].filter((address) => address !== undefined);
      const names = aliases.filter((alias) => alias !== pod);
      const wish: PlacelessWish = {
        name: pod,
        interface: `eth${index}`,
        ...(mac !== undefined && { mac: mac.toLowerCase() }),
        options: carriesIp(owner)
          ? {
              ...(addresses.length > 0 && { addresses }),
              ...(names.length > 0 && { aliases: names }),
              ...(network !== wayOut && { defaultRoute: false }),
              ...(network === wayOut && ports.length > 0 && { ports }),
              ...(network === wayOut && sandbox.dns.length > 0 && { dns: sandbox.dns }),
              ...(network === asked && others.length > 0 && { namesOf: others }),
              ...(functionsOf({ path, ...(chains && { chains }) }).length > 0 && { led: true }),
            }
          : {},
      };
      return [network, wish];
    }),
  );
}
