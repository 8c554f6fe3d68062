import type { Link } from '../ip.ts';
import type { Port, SwitchState } from '../ovs/switch-state.ts';
import type { BridgeWish, PortWish } from '../ovs/wishes.ts';
import { bridgeMac, type LinuxEndpoint, type LinuxNetwork } from './commands.ts';
import { bridgeName, portOfHost } from './names.ts';

// What a network and its endpoints are as a bridge of Open vSwitch and its ports. Pure.

/** Which datapath it has, is the Open vSwitch's own. */
export function bridgeWish({ id, mtu, options }: LinuxNetwork): Omit<BridgeWish, 'datapathType'> {
  const { switch: kind } = options;
  return {
    name: bridgeName(id),
    owner: id,
    controllers: kind.kind === 'openvswitch' ? kind.controllers : [],
    mac: bridgeMac(id),
    mtu,
    datapathId: `0000${id}`,
  };
}

export function portWish(endpoint: LinuxEndpoint, link: Link | undefined): PortWish {
  return { name: portOfHost(endpoint), owner: endpoint.id, type: 'system', ifindex: link?.ifindex };
}

export function trunkWish(network: string, name: string, link: Link | undefined): PortWish {
  return { name, owner: network, type: 'system', ifindex: link?.ifindex };
}

/** Ports of a network that are no endpoint's, and not the bridge's own. */
export function trunksOn({ bridges }: SwitchState, network: string): string[] {
  const bridge = bridgeName(network);
  const ports = [...(bridges.get(bridge)?.ports.values() ?? [])];
  return ports
    .filter(({ name, externalIds }) => name !== bridge && externalIds['heddle'] === network)
    .map(({ name }) => name);
}

/** Ports of a network that are its endpoints', whether they are there still or not. */
export function endpointPorts({ bridges }: SwitchState, network: string): Port[] {
  const bridge = bridges.get(bridgeName(network));
  return [...(bridge?.ports.values() ?? [])].filter(
    ({ name, externalIds: { heddle: owner } }) =>
      name !== bridge?.name && owner !== undefined && owner !== network,
  );
}

/** Those whose interfaces are gone. `links`: of the host, by name. */
export function deadPorts(state: SwitchState, network: string, links: ReadonlyMap<string, Link>): Port[] {
  return endpointPorts(state, network).filter(({ name }) => !links.has(name));
}
