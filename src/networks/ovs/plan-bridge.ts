import { HeddleError } from '../../lib/errors.ts';
import { canonicalJson } from '../../lib/hash.ts';
import { type Operation, rowOf, stillThere } from './ovsdb/operations.ts';
import { entriesIn, mapOf, type Row, setOf } from './ovsdb/values.ts';
import type { Bridge, SwitchState } from './switch-state.ts';
import type { BridgeWish } from './wishes.ts';

// What has to be said to the database so that a bridge is what it should be: nothing when it is. Pure.

/** Milliseconds after which ovs-vswitchd asks a controller again that was away; its own default is 8 s. */
const longestBackoff = 1000;
/** Milliseconds without a word after which either side asks whether the other is still there. */
const inactivityProbe = 5000;
/** Packets a second that a bridge asks its controller about, and at once: what floods it harms itself. */
const rateLimit = 1000;

/** @throws HeddleError ERR_OVS when the name is another's */
export function settleBridge(state: SwitchState, wish: BridgeWish): Operation[] {
  const bridge = ownBridge(state, wish.name, wish.owner);
  if (!bridge) return createBridge(state, wish);
  const row = differences(bridge, wish);
  const local = bridge.ports.get(wish.name);
  const changes: Operation[] = [];
  if (Object.keys(row).length > 0)
    changes.push({ op: 'update', table: 'Bridge', where: rowOf(bridge.uuid), row });
  // OVS drops all flows when a bridge gets its first controller: one that has the right ones is left alone.
  if (!isSame(bridge.controllers.map(({ target }) => target).sort(), [...wish.controllers].sort())) {
    changes.push(...insertControllers(wish), {
      op: 'update',
      table: 'Bridge',
      where: rowOf(bridge.uuid),
      row: { controller: controllerNames(wish) },
    });
  }
  if (local && local.mtuRequest !== wish.mtu)
    changes.push({
      op: 'update',
      table: 'Interface',
      where: rowOf(local.interface),
      row: { mtu_request: wish.mtu },
    });
  return changes.length === 0 ? [] : [stillThere('Bridge', bridge.uuid, bridge.name), ...changes];
}

/** @throws HeddleError ERR_OVS when the name is another's */
export function removeBridge(state: SwitchState, name: string, owner: string): Operation[] {
  const bridge = ownBridge(state, name, owner);
  if (!bridge) return [];
  // What hangs on it goes with it.
  return [
    {
      op: 'mutate',
      table: 'Open_vSwitch',
      where: [],
      mutations: [['bridges', 'delete', ['uuid', bridge.uuid]]],
    },
  ];
}

/** Whether a bridge is what it should be. */
export function isBridge(bridge: Bridge | undefined, wish: BridgeWish): boolean {
  if (!bridge || bridge.externalIds['heddle'] !== wish.owner) return false;
  const targets = bridge.controllers.map(({ target }) => target).sort();
  return Object.keys(differences(bridge, wish)).length === 0 && isSame(targets, [...wish.controllers].sort());
}

/** @throws HeddleError ERR_OVS when it is another's */
export function ownBridge(state: SwitchState, name: string, owner: string): Bridge | undefined {
  const bridge = state.bridges.get(name);
  if (!bridge || bridge.externalIds['heddle'] === owner) return bridge;
  throw new HeddleError('ERR_OVS', `bridge ${name} of Open vSwitch is not Heddle’s`);
}

function createBridge(state: SwitchState, wish: BridgeWish): Operation[] {
  const link: Row = { name: wish.name, type: 'internal', mtu_request: wish.mtu };
  return [
    ...insertControllers(wish),
    { op: 'insert', table: 'Interface', row: link, 'uuid-name': 'link' },
    {
      op: 'insert',
      table: 'Port',
      row: {
        name: wish.name,
        interfaces: ['named-uuid', 'link'],
        // Else the host's own interface would have the frames of all VLANs.
        ...(wish.trunk && { vlan_mode: 'access', tag: 0 }),
      },
      'uuid-name': 'port',
    },
    {
      op: 'insert',
      table: 'Bridge',
      row: {
        ...wanted(wish),
        name: wish.name,
        ports: ['named-uuid', 'port'],
        controller: controllerNames(wish),
      },
      'uuid-name': 'bridge',
    },
    {
      op: 'mutate',
      table: 'Open_vSwitch',
      where: rowOf(state.root),
      mutations: [['bridges', 'insert', ['named-uuid', 'bridge']]],
    },
  ];
}

function insertControllers({ controllers }: BridgeWish): Operation[] {
  return controllers.map((target, index) => ({
    op: 'insert',
    table: 'Controller',
    row: {
      target,
      // Its controller is reached past the network that it makes.
      connection_mode: 'out-of-band',
      max_backoff: longestBackoff,
      inactivity_probe: inactivityProbe,
      controller_rate_limit: rateLimit,
      controller_burst_limit: rateLimit,
    },
    'uuid-name': `controller${index}`,
  }));
}

function controllerNames({ controllers }: BridgeWish): Row[string] {
  return setOf(controllers.map((_, index) => ['named-uuid', `controller${index}`]));
}

function wanted({ owner, datapathType, controllers, mac, datapathId, trunk }: BridgeWish) {
  return {
    datapath_type: datapathType,
    // `secure`: what its controller said goes on without it. Without any controller the bridge has to learn by itself.
    fail_mode: controllers.length > 0 ? 'secure' : 'standalone',
    protocols: setOf(['OpenFlow13']),
    other_config: mapOf({
      hwaddr: mac,
      'datapath-id': datapathId,
      'disable-in-band': 'true',
      // A wire carries what bridges keep to themselves (IEEE 802.1Q, table 8-1).
      ...(trunk && { 'forward-bpdu': 'true' }),
    }),
    external_ids: mapOf({ heddle: owner }),
    flood_vlans: setOf(trunk ?? []),
  } satisfies Row;
}

/** The columns of its row that have to be written; what others set besides in `other_config` stays. */
function differences(bridge: Bridge, wish: BridgeWish): Row {
  const row = wanted(wish);
  const config = { ...bridge.otherConfig, ...entriesIn(row.other_config) };
  return {
    ...(bridge.datapathType !== row.datapath_type && { datapath_type: row.datapath_type }),
    ...(bridge.failMode !== row.fail_mode && { fail_mode: row.fail_mode }),
    ...(wish.trunk &&
      !isSame(bridge.floodVlans.toSorted(ascending), wish.trunk.toSorted(ascending)) && {
        flood_vlans: row.flood_vlans,
      }),
    ...(!isSame(setOf(bridge.protocols), row.protocols) && { protocols: row.protocols }),
    ...(canonicalJson(config) !== canonicalJson(bridge.otherConfig) && { other_config: mapOf(config) }),
  };
}

const ascending = (a: number, b: number) => a - b;

function isSame(a: unknown, b: unknown): boolean {
  return canonicalJson(a) === canonicalJson(b);
}
