import type { NetworkSpec } from './spec.ts';

type Said = Pick<NetworkSpec, 'ipam' | 'internal' | 'ipv6'> & {
  readonly archetypeOptions?: Readonly<Record<string, unknown>>;
};

/**
 * What Compose's keys of a network are as options of an archetype, with those that are written for it. What is not said
 * stays unsaid: an archetype without IP takes no subnets.
 */
export function optionsOf({ ipam, internal, ipv6, archetypeOptions }: Said): Record<string, unknown> {
  const subnets = ipam.flatMap(({ subnet, gateway, ipRange: range }) =>
    subnet === undefined ? [] : [{ subnet, ...(gateway && { gateway }), ...(range && { range }) }],
  );
  return {
    ...(subnets.length > 0 && { subnets }),
    ...(internal && { internal }),
    ...(ipv6 && { ipv6 }),
    ...archetypeOptions,
  };
}

/** What a driver of Docker's and of Podman's is told of packets, by the names that these have for it. */
const mtuNames = ['com.docker.network.driver.mtu', 'mtu'];

/** What is said to drivers of the engine: of that, every network has an MTU. */
export function driverOptionsOf({ driverOptions }: Pick<NetworkSpec, 'driverOptions'>) {
  const isMtu = (name: string) => mtuNames.includes(name);
  const [mtu] = mtuNames.flatMap((name) => driverOptions[name] ?? []);
  return {
    ...(mtu !== undefined && { mtu: Number(mtu) }),
    others: Object.keys(driverOptions).filter((name) => !isMtu(name)),
  };
}
