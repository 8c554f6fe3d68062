import { expect, test } from 'vitest';
import { stationsElsewhere } from './stations.ts';

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
