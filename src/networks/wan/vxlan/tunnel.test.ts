import { expect, test } from 'vitest';
import { guardRules } from './tunnel.ts';

test('only the addresses of other nodes are heard, and none where there is no other', () => {
  const peers = [{ remotes: ['192.0.2.2', '2001:db8::2'] }, { remotes: ['192.0.2.3'] }];
  const rules = guardRules({ port: 51_820, peers });
  expect(rules.split('\n').slice(3)).toEqual([
    'add rule inet heddle_links input udp dport 51820 ip saddr { 192.0.2.2, 192.0.2.3 } accept',
    'add rule inet heddle_links input udp dport 51820 ip6 saddr { 2001:db8::2 } accept',
    'add rule inet heddle_links input udp dport 51820 counter drop',
  ]);
  expect(guardRules({ port: 1, peers: [] })).not.toContain('saddr');
});
