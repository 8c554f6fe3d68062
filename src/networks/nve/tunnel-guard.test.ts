import { expect, test } from 'vitest';
import { guardRules } from './tunnel-guard.ts';

const guarded = { table: 'heddle_vxlan', port: 4789 };
const guard = { uplink: 'eth1', peers: ['192.0.2.2', '192.0.2.3'], ids: [12, 100] };
const rulesOf = (text: string) => text.split('\n').filter((line) => line.startsWith('add rule'));

test('tunnels are for the peers, by the uplink, alone', () => {
  expect(rulesOf(guardRules(guarded, guard))).toEqual([
    'add rule inet heddle_vxlan input udp dport 4789 iifname "eth1" ip saddr { 192.0.2.2, 192.0.2.3 } accept',
    'add rule inet heddle_vxlan input udp dport 4789 exthdr frag exists counter drop',
    'add rule inet heddle_vxlan input udp dport 4789 @th,96,24 { 12, 100 } counter drop',
    'add rule inet heddle_vxlan forward udp dport 4789 iifname != "eth1" ip daddr { 192.0.2.2, 192.0.2.3 } counter drop',
  ]);
  expect(guardRules(guarded, { ...guard, peers: ['fd00::2'] })).toContain('ip6 saddr { fd00::2 } accept');
});

test('without peers nothing is taken', () => {
  expect(guardRules(guarded, { ...guard, peers: [] })).not.toContain(' accept\n');
  // Nor does anything go out in their stead: whoever is a peer is not known yet.
  expect(rulesOf(guardRules(guarded, { ...guard, peers: [], ids: [] }))).toEqual([
    'add rule inet heddle_vxlan input udp dport 4789 exthdr frag exists counter drop',
    'add rule inet heddle_vxlan forward udp dport 4789 iifname != "eth1" counter drop',
  ]);
});
