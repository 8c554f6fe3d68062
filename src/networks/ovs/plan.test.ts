import { expect, test } from 'vitest';
import type { Operation } from './ovsdb/operations.ts';
import { mapOf } from './ovsdb/values.ts';
import { isBridge, removeBridge, settleBridge } from './plan-bridge.ts';
import { isPort, removePort, removeSeen, removeStalePort, settlePort } from './plan-port.ts';
import { type Bridge, type Port, type SwitchState, stateIn } from './switch-state.ts';
import type { BridgeWish, PortWish } from './wishes.ts';

const wish: BridgeWish = {
  name: 'hb1',
  owner: 'aabbccddeeff',
  datapathType: 'netdev',
  controllers: ['unix:/run/openvswitch/heddle.sock'],
  mac: '02:00:00:00:00:01',
  mtu: 1500,
  datapathId: '0000aabbccddeeff',
};
const port = (name: string, owner: string | undefined): Port => ({
  uuid: `port-${name}`,
  name,
  externalIds: owner === undefined ? {} : { heddle: owner },
  otherConfig: {},
  vlanMode: undefined,
  tag: undefined,
  trunks: [],
  interface: `link-${name}`,
  type: '',
  options: {},
  mtuRequest: 1500,
  number: 1,
  error: undefined,
});
const bridge: Bridge = {
  uuid: 'bridge-1',
  name: 'hb1',
  datapathType: 'netdev',
  failMode: 'secure',
  protocols: ['OpenFlow13'],
  controllers: [{ target: 'unix:/run/openvswitch/heddle.sock', isConnected: false }],
  otherConfig: { hwaddr: wish.mac, 'datapath-id': wish.datapathId, 'disable-in-band': 'true', theirs: '1' },
  externalIds: { heddle: wish.owner },
  floodVlans: [],
  ports: new Map([['hb1', port('hb1', undefined)]]),
  bonds: new Map(),
};
const state = (...bridges: readonly Bridge[]): SwitchState => ({
  root: 'root',
  bridges: new Map(bridges.map((one) => [one.name, one])),
});
const tables = (operations: readonly Operation[]) => operations.map(({ op, table }) => `${op} ${table}`);

test('a bridge that is what it should be is left alone, with what others set besides', () => {
  expect(settleBridge(state(bridge), wish)).toEqual([]);
  expect(isBridge(bridge, wish)).toBe(true);
});

test('what differs is written, and nothing else: controllers only when they are others', () => {
  const changed = { ...bridge, failMode: 'standalone' };
  expect(isBridge(changed, wish)).toBe(false);
  expect(settleBridge(state(changed), wish).slice(1)).toEqual([
    {
      op: 'update',
      table: 'Bridge',
      where: [['_uuid', '==', ['uuid', 'bridge-1']]],
      row: { fail_mode: 'secure' },
    },
  ]);
  const other = { ...wish, controllers: ['tcp:10.0.0.9:6653'] };
  expect(tables(settleBridge(state(bridge), other))).toEqual([
    'wait Bridge',
    'insert Controller',
    'update Bridge',
  ]);
});

test('what is another’s is neither changed nor removed', () => {
  const theirs = { ...bridge, externalIds: {} };
  const refused = expect.objectContaining({ code: 'ERR_OVS' });
  expect(() => settleBridge(state(theirs), wish)).toThrow(refused);
  expect(() => removeBridge(state(theirs), 'hb1', wish.owner)).toThrow(refused);
  const withPort = { ...bridge, ports: new Map([['hp1', port('hp1', 'somebody')]]) };
  expect(() => removePort(state(withPort), 'hp1', 'me')).toThrow(refused);
});

test('a port that is on another bridge leaves it in the same transaction', () => {
  const from = { ...bridge, uuid: 'bridge-0', name: 'hb0', ports: new Map([['hp1', port('hp1', 'me')]]) };
  const operations = settlePort(state(from, bridge), 'hb1', { name: 'hp1', owner: 'me', type: 'system' });
  expect(tables(operations)).toEqual([
    'wait Bridge',
    'mutate Bridge',
    'insert Interface',
    'insert Port',
    'mutate Bridge',
  ]);
});

test('a port whose interface was made anew goes before it comes again', () => {
  const wish = { name: 'hp1', owner: 'me', type: 'system', ifindex: 7 } as const;
  const opened = (ifindex?: string): Port => ({
    ...port('hp1', 'me'),
    externalIds: { heddle: 'me', ...(ifindex !== undefined && { 'heddle-ifindex': ifindex }) },
  });
  const withPort = (one: Port) => state({ ...bridge, ports: new Map([['hp1', one]]) });
  expect(tables(removeStalePort(withPort(opened('5')), wish))).toEqual(['mutate Bridge']);
  expect(isPort(opened('5'), wish)).toBe(false);
  // One of an earlier version does not say it.
  for (const one of [opened('7'), opened()]) {
    expect(removeStalePort(withPort(one), wish)).toEqual([]);
    expect(isPort(one, wish)).toBe(true);
  }
});

test('a port takes another VLAN where it is, with what others set besides', () => {
  const own = { ...port('hp1', 'me'), vlanMode: 'trunk', trunks: [7, 9] };
  const at = (there: Port) => state({ ...bridge, ports: new Map([['hp1', there]]) });
  const trunk = (...trunks: number[]): PortWish => ({
    name: 'hp1',
    owner: 'me',
    type: 'system',
    vlan: { mode: 'trunk', trunks },
  });
  expect(settlePort(at(own), 'hb1', trunk(9, 7))).toEqual([]);
  expect(settlePort(at(own), 'hb1', trunk(9)).at(-1)).toMatchObject({
    row: { vlan_mode: 'trunk', tag: ['set', []], trunks: ['set', [9]] },
  });
  const tunnel: PortWish = { ...trunk(), vlan: { mode: 'dot1q-tunnel', tag: 7 } };
  const [, update] = settlePort(at({ ...own, otherConfig: { theirs: '1' } }), 'hb1', tunnel);
  expect(update).toMatchObject({
    row: { tag: ['set', [7]], other_config: mapOf({ theirs: '1', 'qinq-ethtype': '802.1q' }) },
  });
});

test('a trunk learns nothing in its VLANs', () => {
  const other = { ...bridge.otherConfig, 'forward-bpdu': 'true' };
  const there = { ...bridge, otherConfig: other, floodVlans: [9, 7] };
  expect(settleBridge(state(there), { ...wish, trunk: [7, 9] })).toEqual([]);
  expect(settleBridge(state(there), { ...wish, trunk: [7] }).at(-1)).toMatchObject({
    row: { flood_vlans: ['set', [7]] },
  });
});

test('what is gone is removed by saying nothing', () => {
  expect(removeBridge(state(), 'hb1', wish.owner)).toEqual([]);
  expect(removePort(state(bridge), 'hp1', 'me')).toEqual([]);
});

test('of ports that were seen, only those go that are there still, and no others of their names', () => {
  const there = { ...bridge, ports: new Map(['hp1', 'hp2'].map((name) => [name, port(name, 'me')])) };
  const seen = [port('hp1', 'me'), { ...port('hp2', 'me'), uuid: 'another' }, port('hp3', 'me')];
  expect(removeSeen(state(there), seen)).toEqual(removePort(state(there), 'hp1', 'me'));
});

test('a database that was never begun has no state', () => {
  expect(stateIn([{ rows: [] }, { rows: [] }, { rows: [] }, { rows: [] }, { rows: [] }])).toBeUndefined();
});

test('a port that somebody has put back by hand onto a bridge of Heddle’s is Heddle’s again, and no other', () => {
  const own: PortWish = { name: 'hv12', owner: 'me', type: 'system' };
  const on = (of: Bridge, whose?: string) =>
    state({ ...of, ports: new Map([...of.ports, ['hv12', port('hv12', whose)]]) });
  expect(tables(settlePort(on(bridge), 'hb1', own))).toEqual([
    'wait Bridge',
    'mutate Bridge',
    'insert Interface',
    'insert Port',
    'mutate Bridge',
  ]);
  const refused = expect.objectContaining({ code: 'ERR_OVS' });
  expect(() => settlePort(on({ ...bridge, externalIds: {} }), 'hb1', own)).toThrow(refused);
  expect(() => settlePort(on(bridge, 'somebody'), 'hb1', own)).toThrow(refused);
});
