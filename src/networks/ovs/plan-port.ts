import { HeddleError } from '../../lib/errors.ts';
import { canonicalJson } from '../../lib/hash.ts';
import { type Operation, rowOf, stillThere } from './ovsdb/operations.ts';
import { mapOf, type Row, setOf } from './ovsdb/values.ts';
import type { Bridge, Port, SwitchState } from './switch-state.ts';
import type { PortWish } from './wishes.ts';

// The same of a port. Pure.

/** Which interface of the kernel's ovs-vswitchd has opened; its own `ifindex` follows the name. */
const noted = 'heddle-ifindex';

/** @throws HeddleError ERR_OVS when there is no such bridge, or the name is another's */
export function settlePorts(
  state: SwitchState,
  bridgeName: string,
  wishes: readonly PortWish[],
): Operation[] {
  return wishes.flatMap((wish, index) => settlePort(state, bridgeName, wish, index));
}

/** @param index tells apart those of one transaction */
export function settlePort(state: SwitchState, bridgeName: string, wish: PortWish, index = 0): Operation[] {
  const link = `link${index}`;
  const port = `port${index}`;
  const bridge = state.bridges.get(bridgeName);
  if (!bridge) throw new HeddleError('ERR_OVS', `bridge ${bridgeName} of Open vSwitch is not there`);
  const there = ownPort(state, wish.name, wish.owner);
  if (there?.bridge === bridge && isSameKind(there.port, wish)) {
    if (isInVlan(there.port, wish)) return [];
    const row = vlanOf(there.port.otherConfig, wish);
    return [
      stillThere('Port', there.port.uuid, wish.name),
      { op: 'update', table: 'Port', where: rowOf(there.port.uuid), row },
    ];
  }
  // One that is on another bridge, or of another type, goes and comes again in one transaction.
  const leaving = there ? detach(there.bridge, there.port) : [];
  return [
    stillThere('Bridge', bridge.uuid, bridge.name),
    ...leaving,
    {
      op: 'insert',
      table: 'Interface',
      row: { name: wish.name, type: typeOf(wish), options: mapOf(wish.options ?? {}) },
      'uuid-name': link,
    },
    {
      op: 'insert',
      table: 'Port',
      row: {
        name: wish.name,
        interfaces: ['named-uuid', link],
        external_ids: mapOf({
          heddle: wish.owner,
          ...(wish.ifindex !== undefined && { [noted]: String(wish.ifindex) }),
        }),
        ...vlanOf({}, wish),
      },
      'uuid-name': port,
    },
    {
      op: 'mutate',
      table: 'Bridge',
      where: rowOf(bridge.uuid),
      mutations: [['ports', 'insert', ['named-uuid', port]]],
    },
  ];
}

/**
 * Takes a port off its bridge that ovs-vswitchd has opened on an interface that is no more: whatever has its name since, it
 * does not open by itself, nor when the port is replaced in one transaction.
 */
export function removeStalePort(state: SwitchState, wish: PortWish): Operation[] {
  const there = ownPort(state, wish.name, wish.owner);
  return there && isStale(there.port, wish) ? detach(there.bridge, there.port) : [];
}

function isStale({ externalIds }: Port, { ifindex }: PortWish): boolean {
  const before = externalIds[noted];
  return ifindex !== undefined && before !== undefined && before !== String(ifindex);
}

/** Takes a port off its bridge, whichever it is. @throws HeddleError ERR_OVS when it is another's */
export function removePort(state: SwitchState, name: string, owner: string): Operation[] {
  const there = ownPort(state, name, owner);
  return there ? detach(there.bridge, there.port) : [];
}

/** A port as it was at an earlier look. */
export type SeenPort = Pick<Port, 'uuid' | 'name'>;

/** Takes ports off their bridges, unless others have their names by now. */
export function removeSeen({ bridges }: SwitchState, ports: readonly SeenPort[]): Operation[] {
  return [...bridges.values()].flatMap((bridge) =>
    ports.flatMap(({ uuid, name }) => {
      const port = bridge.ports.get(name);
      return port?.uuid === uuid ? detach(bridge, port) : [];
    }),
  );
}

/** Whether a port is what it should be. */
export function isPort(port: Port | undefined, wish: PortWish): boolean {
  return port !== undefined && isSameKind(port, wish) && isInVlan(port, wish);
}

function isSameKind(port: Port, wish: PortWish): boolean {
  return (
    !isStale(port, wish) &&
    port.externalIds['heddle'] === wish.owner &&
    (port.type === typeOf(wish) || (port.type === 'system' && wish.type === 'system')) &&
    canonicalJson(port.options) === canonicalJson(wish.options ?? {})
  );
}

function isInVlan({ vlanMode, tag, trunks, otherConfig }: Port, { vlan }: PortWish): boolean {
  if (vlan === undefined) return true;
  if (vlanMode !== vlan.mode) return false;
  if (vlan.mode === 'dot1q-tunnel')
    return tag === vlan.tag && otherConfig['qinq-ethtype'] === tunnelConfig['qinq-ethtype'];
  const isIn = new Set(trunks);
  return tag === undefined && isIn.size === vlan.trunks.length && vlan.trunks.every((id) => isIn.has(id));
}

/** The outer tag is that of any trunk. */
const tunnelConfig = { 'qinq-ethtype': '802.1q' } as const;

/** Columns of a port; what others set besides in `other_config` stays. */
function vlanOf(otherConfig: Readonly<Record<string, string>>, { vlan }: PortWish): Row {
  if (vlan === undefined) return {};
  const isTunnel = vlan.mode === 'dot1q-tunnel';
  return {
    vlan_mode: vlan.mode,
    tag: setOf(isTunnel ? [vlan.tag] : []),
    trunks: setOf(isTunnel ? [] : vlan.trunks),
    ...(isTunnel && { other_config: mapOf({ ...otherConfig, ...tunnelConfig }) }),
  };
}

function detach(bridge: Bridge, port: Port): Operation[] {
  return [
    {
      op: 'mutate',
      table: 'Bridge',
      where: rowOf(bridge.uuid),
      mutations: [['ports', 'delete', ['uuid', port.uuid]]],
    },
  ];
}

function ownPort(
  { bridges }: SwitchState,
  name: string,
  owner: string,
): { readonly bridge: Bridge; readonly port: Port } | undefined {
  for (const bridge of bridges.values()) {
    const port = bridge.ports.get(name);
    if (!port) continue;
    const { heddle: whose } = port.externalIds;
    // One that somebody has put back by hand onto a bridge of Heddle's bears no mark.
    const isPutBack = whose === undefined && bridge.externalIds['heddle'] !== undefined;
    if (whose === owner || isPutBack) return { bridge, port };
    throw new HeddleError(
      'ERR_OVS',
      `port ${name} is on bridge ${bridge.name} of Open vSwitch, and not Heddle’s`,
    );
  }
  return undefined;
}

function typeOf({ type }: PortWish): string {
  return type === 'system' ? '' : type;
}
