import { expect, test } from 'vitest';
import { removeStaleMembers, settleBond } from './plan-bond.ts';
import type { BondPort, Bridge, SwitchState } from './switch-state.ts';
import type { BondWish } from './wishes.ts';

const wish: BondWish = {
  name: 'bond0-links',
  owner: 'bond',
  members: [
    { name: 'eth1', ifindex: 4 },
    { name: 'eth2', ifindex: 5 },
  ],
  rate: 'fast',
};
const member = (name: string, ifindex: string) => ({
  uuid: `link-${name}`,
  name,
  externalIds: { 'heddle-ifindex': ifindex },
  bfd: {},
  error: undefined,
});
const port: BondPort = {
  uuid: 'port-1',
  name: 'bond0-links',
  externalIds: { heddle: 'bond' },
  otherConfig: {
    'lacp-time': 'fast',
    'lacp-fallback-ab': 'false',
    'bond-rebalance-interval': '1000',
    theirs: '1',
  },
  mode: 'balance-tcp',
  lacp: 'active',
  members: [member('eth1', '4'), member('eth2', '5')],
};
const state = (...bonds: readonly BondPort[]): SwitchState => ({
  root: 'root',
  bridges: new Map([
    [
      'bond0',
      {
        uuid: 'bridge-1',
        name: 'bond0',
        bonds: new Map(bonds.map((one) => [one.name, one])),
      } as unknown as Bridge,
    ],
  ]),
});
const settled = (there: BondPort | undefined, wanted = wish) =>
  settleBond(there ? state(there) : state(), 'bond0', wanted).map((one) => `${one.op} ${one.table}`);

test('it is made with all its links, and then left alone', () => {
  expect(settled(undefined)).toEqual([
    'wait Bridge',
    'insert Interface',
    'insert Interface',
    'insert Port',
    'mutate Bridge',
  ]);
  expect(settled(port)).toEqual([]);
});

test('a link comes and goes without the others', () => {
  const [first] = port.members;
  const operations = settleBond(state({ ...port, members: first ? [first] : [] }), 'bond0', wish);
  expect(operations.at(-1)).toMatchObject({
    op: 'update',
    row: {
      interfaces: [
        'set',
        [
          ['uuid', 'link-eth1'],
          ['named-uuid', 'link0'],
        ],
      ],
    },
  });
  expect(
    settleBond(state(port), 'bond0', { ...wish, members: wish.members.slice(0, 1) }).at(-1),
  ).toMatchObject({
    row: { interfaces: ['set', [['uuid', 'link-eth1']]] },
  });
});

test('what works otherwise is written, and what others set stays', () => {
  expect(settled(port, { ...wish, bfdInterval: 33 })).toEqual([
    'wait Port',
    'update Interface',
    'update Interface',
  ]);
  const [, change] = settleBond(state({ ...port, lacp: 'off' }), 'bond0', { ...wish, rate: 'slow' });
  expect(change).toMatchObject({
    row: { lacp: 'active', other_config: ['map', expect.arrayContaining([['theirs', '1']])] },
  });
});

test('a link that is another by now goes before it comes', () => {
  const stale = { ...port, members: [member('eth1', '4'), member('eth2', '3')] };
  expect(removeStaleMembers(state(port), 'bond0', wish)).toEqual([]);
  expect(removeStaleMembers(state(stale), 'bond0', wish).at(-1)).toMatchObject({
    row: { interfaces: ['set', [['uuid', 'link-eth1']]] },
  });
  const all = { ...port, members: [member('eth1', '2'), member('eth2', '3')] };
  expect(removeStaleMembers(state(all), 'bond0', wish).at(-1)).toMatchObject({
    op: 'mutate',
    table: 'Bridge',
  });
});

test('another’s is left alone', () => {
  expect(() => settled({ ...port, externalIds: {} })).toThrow(/not Heddle’s/);
});
