import { HeddleError } from '../../lib/errors.ts';
import { canonicalJson } from '../../lib/hash.ts';
import type { Link } from '../ip.ts';
import { type Operation, rowOf, stillThere } from './ovsdb/operations.ts';
import { entriesIn, mapOf, type Row, setOf, type Value } from './ovsdb/values.ts';
import type { BondMember, BondPort, Bridge, SwitchState } from './switch-state.ts';
import type { BondWish } from './wishes.ts';

// The same of a bond. Pure.

/** Which interface of the kernel’s a member was when it became one. */
const noted = 'heddle-ifindex';
/** Milliseconds between two looks at the load of each link: the least there is (ovs-vswitchd.conf.db(5)). */
const rebalance = '1000';

/** @throws HeddleError ERR_OVS when there is no such bridge, or the name is another’s */
export function settleBond(state: SwitchState, bridgeName: string, wish: BondWish): Operation[] {
  const bridge = state.bridges.get(bridgeName);
  if (!bridge) throw new HeddleError('ERR_OVS', `bridge ${bridgeName} of Open vSwitch is not there`);
  const port = ownBond(bridge, wish);
  if (!port) return createBond(bridge, wish);
  const names = new Set(port.members.map(({ name }) => name));
  const missing = wish.members.filter(({ name }) => !names.has(name));
  const kept = port.members.filter((member) => isWanted(member, wish));
  const links = [
    ...kept.map(({ uuid }) => ['uuid', uuid] as const),
    ...missing.map((_, index) => linkName(index)),
  ];
  const config = { ...port.otherConfig, ...entriesIn(wanted(wish).other_config) };
  const row: Row = {
    ...(port.mode !== wanted(wish).bond_mode && { bond_mode: wanted(wish).bond_mode }),
    ...(port.lacp !== wanted(wish).lacp && { lacp: wanted(wish).lacp }),
    ...(canonicalJson(config) !== canonicalJson(port.otherConfig) && { other_config: mapOf(config) }),
    ...((missing.length > 0 || kept.length < port.members.length) && { interfaces: setOf(links) }),
  };
  const changes: Operation[] = [
    ...insertLinks(missing, wish),
    ...(Object.keys(row).length > 0
      ? [{ op: 'update', table: 'Port', where: rowOf(port.uuid), row } as const]
      : []),
    ...kept
      .filter(({ bfd }) => canonicalJson(bfd) !== canonicalJson(bfdOf(wish)))
      .map(
        ({ uuid }): Operation => ({
          op: 'update',
          table: 'Interface',
          where: rowOf(uuid),
          row: { bfd: mapOf(bfdOf(wish)) },
        }),
      ),
  ];
  return changes.length === 0 ? [] : [stillThere('Port', port.uuid, port.name), ...changes];
}

/**
 * Takes members off that are others by now under the same name: ovs-vswitchd does not open these by itself, nor when they are
 * replaced in one transaction. A bond has one member at least: one that would have none goes.
 */
export function removeStaleMembers(state: SwitchState, bridgeName: string, wish: BondWish): Operation[] {
  const bridge = state.bridges.get(bridgeName);
  const port = bridge && ownBond(bridge, wish);
  if (!bridge || !port) return [];
  const fresh = port.members.filter((member) => !isStale(member, wish));
  if (fresh.length === port.members.length) return [];
  const there = stillThere('Port', port.uuid, port.name);
  if (fresh.length === 0)
    return [
      there,
      {
        op: 'mutate',
        table: 'Bridge',
        where: rowOf(bridge.uuid),
        mutations: [['ports', 'delete', ['uuid', port.uuid]]],
      },
    ];
  const row = { interfaces: setOf(fresh.map(({ uuid }) => ['uuid', uuid] as const)) };
  return [there, { op: 'update', table: 'Port', where: rowOf(port.uuid), row }];
}

/** Whether an interface is a member already, and still the one that became it. Pure. */
export function isMember(
  { members }: BondPort,
  { ifname, ifindex }: Pick<Link, 'ifname' | 'ifindex'>,
): boolean {
  return members.some(({ name, externalIds }) => name === ifname && externalIds[noted] === String(ifindex));
}

function createBond(bridge: Bridge, wish: BondWish): Operation[] {
  return [
    stillThere('Bridge', bridge.uuid, bridge.name),
    ...insertLinks(wish.members, wish),
    {
      op: 'insert',
      table: 'Port',
      row: {
        ...wanted(wish),
        name: wish.name,
        interfaces: setOf(wish.members.map((_, index) => linkName(index))),
        external_ids: mapOf({ heddle: wish.owner }),
      },
      'uuid-name': 'bond',
    },
    {
      op: 'mutate',
      table: 'Bridge',
      where: rowOf(bridge.uuid),
      mutations: [['ports', 'insert', ['named-uuid', 'bond']]],
    },
  ];
}

function insertLinks(members: BondWish['members'], wish: BondWish): Operation[] {
  return members.map(({ name, ifindex }, index) => ({
    op: 'insert',
    table: 'Interface',
    row: { name, external_ids: mapOf({ [noted]: String(ifindex) }), bfd: mapOf(bfdOf(wish)) },
    'uuid-name': linkName(index)[1],
  }));
}

function linkName(index: number): readonly ['named-uuid', string] {
  return ['named-uuid', `link${index}`];
}

function wanted({ rate }: BondWish) {
  return {
    bond_mode: 'balance-tcp',
    // Never without: without a partner’s word, nothing passes (`lacp-fallback-ab`).
    lacp: 'active',
    other_config: mapOf({
      'lacp-time': rate,
      'lacp-fallback-ab': 'false',
      'bond-rebalance-interval': rebalance,
    }),
  } satisfies Readonly<Record<string, Value>>;
}

function bfdOf({ bfdInterval }: BondWish): Readonly<Record<string, string>> {
  if (bfdInterval === undefined) return {};
  return { enable: 'true', min_tx: String(bfdInterval), min_rx: String(bfdInterval) };
}

function isWanted(member: BondMember, { members }: BondWish): boolean {
  return members.some(({ name }) => name === member.name);
}

function isStale({ name, externalIds }: BondMember, { members }: BondWish): boolean {
  const now = members.find((one) => one.name === name);
  return now !== undefined && externalIds[noted] !== String(now.ifindex);
}

/** @throws HeddleError ERR_OVS when it is another’s */
function ownBond({ name: bridge, bonds }: Bridge, { name, owner }: BondWish): BondPort | undefined {
  const port = bonds.get(name);
  if (!port || port.externalIds['heddle'] === owner) return port;
  throw new HeddleError('ERR_OVS', `port ${name} is on bridge ${bridge} of Open vSwitch, and not Heddle’s`);
}
