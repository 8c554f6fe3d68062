import type { As, Settled } from '../standard/archetype.ts';
import type { Endpoint, EndpointWish } from '../standard/endpoint.ts';
import type { NetworkWish } from '../standard/network.ts';
import { partName } from '../standard/part-name.ts';
import type { EndpointOptions } from './options.ts';
import type { OverlayNetwork } from './vni.ts';

// What a network of this archetype is made of on a host: one of `ip`, and a tunnel. Pure.

export type OverlayEndpoint = As<Settled<Endpoint>, EndpointOptions>;

/** What its part is called at the service that has it. */
export function partOf(network: string): string {
  return partName('overlay', network);
}

/** `mtu`: what passes the tunnel, where there is one. */
export function ipNetwork({ name, mtu, options }: OverlayNetwork, largest = mtu): NetworkWish {
  const { vni: _, ...rest } = options;
  return {
    name: partOf(name),
    archetype: 'ip',
    mtu: Math.min(mtu, largest),
    labels: { 'heddle.owner': `overlay/${name}` },
    options: rest,
  };
}

export function ipEndpoint({ name, attachment, mac, options }: OverlayEndpoint): EndpointWish {
  return { name, attachment, mac, options };
}

/** The tunnel of a network, by its id. */
export function tunnelName(id: string): string {
  return `ho${id}`;
}
