import { expect, test } from 'vitest';
import type { StateManager } from '../../state/state-manager.ts';
import { stationsElsewhere, stationsOn } from './stations.ts';

const nodes = new Map(
  ['one', 'two'].map((name, index) => [
    name,
    { vtep: `192.0.2.${index + 1}`, mac: `02:00:00:00:01:0${index}`, addresses: [`10.9.0.${index + 1}`] },
  ]),
);
const at = (node: string, mac: string, address: string) => ({
  attachment: { kind: 'remote', node } as const,
  mac,
  options: { addresses: [address] },
});

test('who is on other nodes is there, and these themselves; of one that has not said where it is nothing is known', () => {
  const here = {
    attachment: { kind: 'namespace', path: '/run/netns/a', interface: 'eth0' } as const,
    mac: '02:00:00:00:00:0a',
    options: { addresses: ['10.9.0.10'] },
  };
  const endpoints = [
    here,
    at('two', '02:00:00:00:00:0b', '10.9.0.11'),
    at('three', '02:00:00:00:00:0c', '10.9.0.12'),
  ];
  expect(stationsElsewhere('one', nodes, endpoints)).toEqual([
    { mac: '02:00:00:00:01:01', addresses: ['10.9.0.2'], vtep: '192.0.2.2' },
    { mac: '02:00:00:00:00:0b', addresses: ['10.9.0.11'], vtep: '192.0.2.2' },
  ]);
});

test('a host of another family is not reached, and nobody is by one that has not said where it is', () => {
  const other = new Map([
    ...nodes,
    ['six', { vtep: 'fd00::6', mac: '02:00:00:00:01:06', addresses: ['10.9.0.6'] }],
  ]);
  const endpoints = [at('six', '02:00:00:00:00:0d', '10.9.0.13')];
  expect(stationsElsewhere('one', other, endpoints)).toEqual([nodes.get('two')]);
  expect(stationsElsewhere('nobody', other, endpoints)).toEqual([]);
});

test('what is no address is taken from no node', async () => {
  const good = nodes.get('two');
  const entries = [
    { key: 'nodes/lab/two', value: good, revision: 1 },
    { key: 'nodes/lab/mal', value: { ...good, vtep: '192.0.2.9\nfdb del' }, revision: 1 },
    { key: 'nodes/lab/odd', value: { ...good, addresses: ['10.9.0.1 dev eth0'] }, revision: 1 },
  ];
  const registry = { list: async () => ({ entries, revision: 1 }) } as unknown as StateManager;
  expect([...(await stationsOn(registry, 'lab')).keys()]).toEqual(['two']);
});
