import { HeddleError } from '../../../lib/errors.ts';
import type { AddressedLink, Link } from '../../ip.ts';
import { isPort } from '../../ovs/plan-port.ts';
import type { SwitchState } from '../../ovs/switch-state.ts';
import type { BridgeWish, PortWish } from '../../ovs/wishes.ts';
import type { IngressPort } from '../edge.ts';
import { stubName } from '../names.ts';

// What Open vSwitch is to have: a bridge whose VLANs have two ports each, a stub and the uplink. Pure.

export const trunkBridge = 'hnve';
/** As whose ports and bridge are marked (`external_ids:heddle`). */
export const trunkOwner = 'edge';

export function bridgeOf(
  ports: readonly IngressPort[],
  { address, mtu }: Link,
): Omit<BridgeWish, 'datapathType'> {
  return {
    name: trunkBridge,
    owner: trunkOwner,
    controllers: [],
    mac: address,
    mtu,
    datapathId: `0000${address.replaceAll(':', '')}`,
    trunk: ports.map(({ vlan }) => vlan),
  };
}

export function uplinkPort(ports: readonly IngressPort[], { ifname }: Link): PortWish {
  const trunks = ports.map(({ vlan }) => vlan);
  return { name: ifname, owner: trunkOwner, type: 'system', vlan: { mode: 'trunk', trunks } };
}

export function stubPort({ vlan }: IngressPort): PortWish {
  return {
    name: stubName(vlan),
    owner: trunkOwner,
    type: 'system',
    vlan: { mode: 'dot1q-tunnel', tag: vlan },
  };
}

/** Those whose stub is not a port of the bridge yet, or was made anew since. */
export function lacking(
  ports: readonly IngressPort[],
  state: SwitchState,
  bridge: string,
  made: ReadonlySet<string>,
): IngressPort[] {
  const there = state.bridges.get(bridge)?.ports;
  return ports.filter((port) => {
    const wish = stubPort(port);
    return made.has(wish.name) || !isPort(there?.get(wish.name), wish);
  });
}

/** Ports of the edge's that nobody wants any more, wherever they are. */
export function surplus(wanted: readonly PortWish[], { bridges }: SwitchState): string[] {
  const names = new Set(wanted.map(({ name }) => name));
  return [...bridges.values()].flatMap(({ ports }) =>
    [...ports.values()]
      .filter(({ name, externalIds }) => externalIds['heddle'] === trunkOwner && !names.has(name))
      .map(({ name }) => name),
  );
}

/**
 * Whether the uplink can be a port of the trunk.
 * @throws HeddleError ERR_NETWORK
 */
export function checkUplink(
  { ifname, master }: Link,
  datapathType: BridgeWish['datapathType'],
  addresses: AddressedLink['addr_info'],
): void {
  if (master !== undefined && master !== 'ovs-system')
    throw new HeddleError('ERR_NETWORK', `the edge’s uplink ${ifname} is a port of ${master}`);
  const global = addresses.find(({ scope }) => scope === 'global');
  if (datapathType === 'system' && global)
    throw new HeddleError(
      'ERR_NETWORK',
      `the edge’s uplink ${ifname} has the address ${global.local}, which nobody would reach as a port of Open vSwitch`,
      {
        hint: 'make a bridge of Open vSwitch that has the uplink and the address, and name it in the edge’s options: `bridge`',
      },
    );
}

/** @throws HeddleError ERR_OVS where a user's bridge is not there, or the uplink not on it */
export function checkBridge(name: string, { ifname }: Link, { bridges }: SwitchState): void {
  const bridge = bridges.get(name);
  if (!bridge) throw new HeddleError('ERR_OVS', `bridge ${name} of Open vSwitch is not there`);
  if (!bridge.ports.has(ifname))
    throw new HeddleError('ERR_OVS', `the edge’s uplink ${ifname} is no port of bridge ${name}`, {
      hint: `ovs-vsctl add-port ${name} ${ifname}`,
    });
}
