import type { As, Observed, Settled } from '../standard/archetype.ts';
import type { Endpoint, EndpointWish } from '../standard/endpoint.ts';
import type { Network, NetworkWish } from '../standard/network.ts';
import { onWire } from '../standard/on-wire.ts';
import { partName } from '../standard/part-name.ts';
import type { TitledStation } from './agent/title-switch.ts';
import type { EndpointOptions, NetworkOptions } from './options.ts';

// What a network of this archetype is made of: one of `linux`, on Open vSwitch. Pure.

export type EtarchNetwork = As<Settled<Network>, NetworkOptions>;
export type EtarchEndpoint = As<Settled<Endpoint>, EndpointOptions>;

/** What it is called at the service that has it. */
export function switchName(network: string): string {
  return partName('etarch', network);
}

export function switchNetwork(network: EtarchNetwork, agent: string): NetworkWish {
  const { name, mtu } = network;
  return {
    name: switchName(name),
    archetype: 'linux',
    mtu,
    ...onWire(network),
    labels: { 'heddle.owner': `etarch/${name}` },
    options: { switch: { kind: 'openvswitch', controllers: [agent] } },
  };
}

/** What no other archetype knows of. `observed`: what its status says, as it was at the last look. */
export function lostWith(_: EtarchNetwork, { titles = 0, workspaces = 0 }: Observed): string {
  return `${titles} titles and ${workspaces} workspaces: who speaks by them is not heard any more`;
}

const titleLabel = 'title.';

export function switchEndpoint({ name, attachment, mac, options }: EtarchEndpoint): EndpointWish {
  const { titles = [name] } = options;
  const labels = Object.fromEntries(titles.map((title, index) => [`${titleLabel}${index}`, title]));
  return { name, attachment, mac, labels, options: { ip: false } };
}

/** Which switch makes the network. */
export function datapathOf({ status }: Pick<Network, 'status'>): string {
  return String(status.observed['datapath']);
}

export function trunkOf({ status }: Pick<Network, 'status'>): string | undefined {
  const { trunk } = status.observed;
  return typeof trunk === 'string' ? trunk : undefined;
}

/** Endpoints that have a port by now, and what titles they may have. */
export function stationsOf(node: string, endpoints: readonly Endpoint[]): TitledStation[] {
  return endpoints.flatMap(({ name, mac, labels, status: { observed } }) => {
    const { port } = observed;
    if (typeof port !== 'string') return [];
    const titles = Object.entries(labels).flatMap(([key, value]) =>
      key.startsWith(titleLabel) ? [value] : [],
    );
    return [{ node, endpoint: name, mac, titles, port }];
  });
}
