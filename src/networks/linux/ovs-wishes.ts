import type { Link } from '../ip.ts';
import type { SwitchState } from '../ovs/switch-state.ts';
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
