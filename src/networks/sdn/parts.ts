import type { As, Settled } from '../standard/archetype.ts';
import type { Endpoint, EndpointWish } from '../standard/endpoint.ts';
import type { Network, NetworkWish } from '../standard/network.ts';
import { onWire } from '../standard/on-wire.ts';
import { partName } from '../standard/part-name.ts';
import type { ControlledNetwork } from './controller/learning-switch.ts';
import type { EndpointOptions, NetworkOptions } from './options.ts';

// What a network of this archetype is made of: two of `ip`. Pure.

export type SdnNetwork = As<Settled<Network>, NetworkOptions>;
export type SdnEndpoint = As<Settled<Endpoint>, EndpointOptions>;

const learning = 'learning';

/** What its networks are called at the service that has them. */
export function dataName(network: string): string {
  return partName('sdn', network);
}

export function controlName(network: string): string {
  return partName('sdn-control', network);
}

/** Where endpoints are: on a bridge of Open vSwitch. */
export function dataNetwork(network: SdnNetwork, own: readonly string[]): NetworkWish {
  const { name, mtu, options } = network;
  const { controller, ...rest } = options;
  const controllers = controller === undefined ? own : [controller];
  return {
    name: dataName(name),
    archetype: 'ip',
    mtu,
    ...onWire(network),
    labels: { 'heddle.owner': `sdn/${name}` },
    options: { ...rest, switch: { kind: 'openvswitch', controllers } },
  };
}

/** Where controllers may be: on a bridge of the kernel, which this host is on, and nobody of the data network. */
export function controlNetwork({ name }: SdnNetwork): NetworkWish {
  return {
    name: controlName(name),
    archetype: 'ip',
    labels: { 'heddle.owner': `sdn/${name}` },
    options: { internal: true, names: false },
  };
}

export function dataEndpoint({ name, attachment, mac, options }: SdnEndpoint): EndpointWish {
  const { learning: learns = attachment.kind === 'interface', ...rest } = options;
  return { name, attachment, mac, labels: learns ? { [learning]: 'true' } : {}, options: rest };
}

/** Which switch makes the data network. */
export function datapathOf(data: Pick<Network, 'status'>): string {
  return String(datapathIn(data));
}

/** Nothing while it is a bridge of the kernel. */
export function datapathIn({ status }: Pick<Network, 'status'>): unknown {
  return status.observed['datapath'];
}

/** What that switch has to do, by what there is of the data network. */
export function controlled(
  { id }: SdnNetwork,
  { status }: Pick<Network, 'status'>,
  endpoints: readonly Pick<Endpoint, 'mac' | 'labels' | 'status'>[],
): ControlledNetwork {
  const { trunk } = status.observed;
  // Behind the trunk are all who are on other hosts.
  const trunks = typeof trunk === 'string' ? [{ name: trunk, learns: true }] : [];
  const local = { name: 'local', mac: String(status.observed['mac']), learns: false };
  const ports = endpoints.flatMap(({ mac, labels, status: { observed } }) => {
    const { port } = observed;
    return typeof port === 'string' ? [{ name: port, mac, learns: labels[learning] === 'true' }] : [];
  });
  return { id, ports: [local, ...trunks, ...ports] };
}
