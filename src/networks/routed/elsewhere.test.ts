import { expect, test } from 'vitest';
import type { StateManager } from '../../state/state-manager.ts';
import { addressesElsewhere, addressesHere, nodesOn } from './elsewhere.ts';

const endpoints = [
  {
    attachment: { kind: 'namespace', path: '/run/netns/a', interface: 'eth0' } as const,
    options: { addresses: ['10.9.0.10'] },
  },
  { attachment: { kind: 'remote', node: 'two' } as const, options: { addresses: ['10.9.0.11', 'fd09::11'] } },
  { attachment: { kind: 'remote', node: 'three' } as const, options: { addresses: ['10.9.0.12'] } },
];

test('this host answers for endpoints of nodes that have said where they are, and for these', () => {
  const nodes = new Map([
    ['one', { addresses: ['10.9.0.1'] }],
    ['two', { addresses: ['10.9.0.2'] }],
  ]);
  expect(addressesElsewhere('one', nodes, endpoints)).toEqual(['10.9.0.11', 'fd09::11', '10.9.0.2']);
  // Nobody else has what is here, whatever they say.
  const liars = new Map([...nodes, ['two', { addresses: ['10.9.0.10', '10.9.0.1'] }]]);
  expect(addressesElsewhere('one', liars, endpoints)).toEqual(['10.9.0.11', 'fd09::11']);
  expect(addressesHere(endpoints)).toEqual(['10.9.0.10']);
});

test('what is no address is taken from no node', async () => {
  const good = { as: 64_512, inet: '192.0.2.2', addresses: ['10.9.0.2'] };
  const entries = [
    { key: 'nodes/lab/two', value: good, revision: 1 },
    { key: 'nodes/lab/mal', value: { ...good, inet: '192.0.2.9 as 1; }' }, revision: 1 },
    { key: 'nodes/lab/link', value: { ...good, inet6: 'fe80::1%eth0' }, revision: 1 },
    { key: 'nodes/lab/brief', value: { ...good, inet: '10.1' }, revision: 1 },
    { key: 'nodes/lab/six', value: { ...good, inet: 'fd00::1' }, revision: 1 },
    { key: 'nodes/lab/odd', value: { as: 64_512, addresses: ['10.9.0.1 dev eth0'] }, revision: 1 },
  ];
  const registry = { list: async () => ({ entries, revision: 1 }) } as unknown as StateManager;
  expect([...(await nodesOn(registry, 'lab'))]).toEqual([['two', good]]);
});
