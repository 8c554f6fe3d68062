import { expect, test } from 'vitest';
import { port } from '../ovs/openflow/numbers.ts';
import type { Trace } from '../standard/traffic.ts';
import { type Member, pipelineOf } from './controller/pipeline.ts';
import { switchedTrace } from './trace.ts';

const a = { number: 1, mac: '02:00:00:00:00:0a', learns: false } satisfies Member;
const b = { number: 2, mac: '02:00:00:00:00:0b', learns: false } satisfies Member;
const local = { number: port.local, mac: '02:00:00:00:00:01', learns: false } satisfies Member;
const members = [local, a, b];
const { flows, groups } = pipelineOf('aabbccddeeff', members);
const counted = flows.map((flow) => ({ ...flow, age: 1, packets: 2n, bytes: 3n }));
const endpoints = [
  { name: 'web', mac: a.mac },
  { name: 'db', mac: b.mac },
];
const below = (more: Partial<Trace> = {}): Trace => ({
  source: a.mac,
  destination: b.mac,
  etherType: 0x0800,
  steps: [
    { place: 'endpoint', at: 'endpoint web', rule: 'r', effect: 'e' },
    { place: 'switch', at: 'switch hb1', rule: 'as its controllers say', effect: '' },
  ],
  outcome: 'delivered',
  to: [{ kind: 'endpoint', name: 'db' }],
  ...more,
});
const way = (more?: Partial<Trace>) =>
  switchedTrace(below(more), 'web', { flows: counted, groups, members }, endpoints);

test('flows say where it goes, with names for ports', () => {
  const { outcome, to, steps } = way();
  expect({ outcome, to }).toEqual({ outcome: 'delivered', to: [{ kind: 'endpoint', name: 'db' }] });
  expect(steps.map(({ at, rule, effect }) => [at, rule, effect])).toEqual([
    ['endpoint web', 'r', 'e'],
    ['table 0', `priority=300,in_port=web,eth_src=${a.mac}`, 'goto_table:1'],
    ['table 1', `priority=200,eth_dst=${b.mac}`, 'output:db'],
  ]);
});

test('one that speaks as another is dropped, whatever the networks below say', () => {
  expect(way({ source: b.mac, destination: a.mac })).toMatchObject({ outcome: 'dropped', to: [] });
});

test('to all others', () => {
  expect(way({ destination: 'ff:ff:ff:ff:ff:ff', to: [{ kind: 'host', name: 'hb1' }] })).toMatchObject({
    outcome: 'flooded',
    to: [
      { kind: 'host', name: 'hb1' },
      { kind: 'endpoint', name: 'db' },
    ],
  });
});

test('at the host, it goes on as the host says', () => {
  const leaves = { place: 'host', at: 'route', rule: 'default', effect: 'through eth0' } as const;
  const found = way({
    destination: local.mac,
    steps: [...below().steps, leaves],
    outcome: 'leaves',
    to: [{ kind: 'interface', name: 'eth0' }],
  });
  expect(found).toMatchObject({ outcome: 'leaves', to: [{ kind: 'interface', name: 'eth0' }] });
  expect(found.steps.at(-1)).toEqual(leaves);
});

test('what is never sent comes to no switch', () => {
  const never = below({ steps: below().steps.slice(0, 1), outcome: 'dropped', to: [], destination: '' });
  expect(switchedTrace(never, 'web', { flows: counted, groups, members }, endpoints)).toEqual(never);
});
