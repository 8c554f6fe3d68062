import { expect, test } from 'vitest';
import { guardRules } from './guard.ts';

test('only the other nodes are heard, at the uplink', () => {
  const text = guardRules({
    uplink: 'eth1',
    nodes: [{ inet: '192.0.2.2' }, { inet: '192.0.2.3', inet6: 'fd00::3' }],
  });
  expect(text.split('\n').filter((line) => line.includes('tcp'))).toEqual([
    'add rule inet heddle_routed input tcp dport 1179 iifname "eth1" ip ttl 255 ip saddr { 192.0.2.2, 192.0.2.3 } accept',
    'add rule inet heddle_routed input tcp dport 1179 iifname "eth1" ip6 hoplimit 255 ip6 saddr { fd00::3 } accept',
    'add rule inet heddle_routed input tcp dport 1179 iifname != "lo" counter reject with tcp reset',
  ]);
});

test('while no other node is there, nobody is', () => {
  expect(guardRules({ uplink: 'eth1', nodes: [] })).not.toContain('accept\n');
});
