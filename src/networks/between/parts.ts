import type { As, Settled } from '../standard/archetype.ts';
import type { Endpoint, EndpointWish } from '../standard/endpoint.ts';
import type { Network, NetworkWish } from '../standard/network.ts';
import { partName } from '../standard/part-name.ts';

// What a network between hosts is made of on each of them: one of `ip`, its part, and what carries packets to the others. Pure.

type Settlement<Options> = As<Settled<Network>, Options>;

/** What the part of a network is called at the service that has it. */
export function partOf(archetype: string): (network: string) => string {
  return (network) => partName(archetype, network);
}

/** `largest`: what is carried to other hosts, where anything is. */
export function ipNetwork<Options>(
  { archetype, name, mtu }: Pick<Settlement<Options>, 'archetype' | 'name' | 'mtu'>,
  options: Network['options'],
  largest = mtu,
): NetworkWish {
  return {
    name: partName(archetype, name),
    archetype: 'ip',
    mtu: Math.min(mtu, largest),
    labels: { 'heddle.owner': `${archetype}/${name}` },
    options,
  };
}

export function ipEndpoint({
  name,
  attachment,
  mac,
  options,
}: Pick<Settled<Endpoint>, 'name' | 'attachment' | 'mac' | 'options'>): EndpointWish {
  return { name, attachment, mac, options };
}
