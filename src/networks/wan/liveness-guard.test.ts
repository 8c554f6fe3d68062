import { expect, test } from 'vitest';
import { livenessRules } from './liveness-guard.ts';

test('what measures paths hears the other nodes alone, and nothing that came in parts', () => {
  const paths = [
    { local: '192.0.2.1', remote: '192.0.2.2' },
    { local: '192.0.2.1', remote: '198.51.100.2' },
    { local: '2001:db8::1', remote: '2001:db8::2' },
  ];
  const rules = livenessRules({ port: 51_821, paths }).split('\n').slice(3);
  const add = 'add rule inet heddle_liveness early';
  expect(rules).toEqual([
    `${add} ip daddr { 192.0.2.1 } udp dport 51821 ip saddr != { 192.0.2.2, 198.51.100.2 } counter drop`,
    `${add} ip daddr { 192.0.2.1 } udp dport 51821 ip frag-off & 0x2000 != 0 counter drop`,
    `${add} ip6 daddr { 2001:db8::1 } udp dport 51821 ip6 saddr != { 2001:db8::2 } counter drop`,
    `${add} ip6 daddr { 2001:db8::1 } udp dport 51821 frag more-fragments 1 counter drop`,
  ]);
  expect(livenessRules({ port: 51_821, paths: [] })).not.toContain('drop');
});
