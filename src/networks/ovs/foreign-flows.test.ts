import { expect, test } from 'vitest';
import { readFlows } from './foreign-flows.ts';

test('a line says a flow, whatever it matches and does', () => {
  const text = `OFPST_FLOW reply (OF1.3) (xid=0x2):
 cookie=0x1f, duration=12.5s, table=0, n_packets=3, n_bytes=210, idle_timeout=5, priority=7,tcp,in_port="hp1",tp_dst=80 actions=learn(table=1,priority=2),output:hp2
 cookie=0x0, duration=1.0s, table=2, n_packets=0, n_bytes=0, actions=drop
`;
  expect(readFlows(text)).toEqual([
    {
      table: 0,
      priority: 7,
      cookie: '0x000000000000001f',
      kind: 'foreign',
      match: { tcp: '', in_port: '"hp1"', tp_dst: '80' },
      actions: ['learn(table=1,priority=2)', 'output:hp2'],
      packets: 3,
      bytes: 210,
      age: 12,
    },
    {
      table: 2,
      priority: 32768,
      cookie: '0x0000000000000000',
      kind: 'foreign',
      match: {},
      actions: [],
      packets: 0,
      bytes: 0,
      age: 1,
    },
  ]);
});
