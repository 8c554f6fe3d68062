import { describe, expect, test } from 'vitest';
import type { Rules } from './rules.ts';
import { transaction } from './transaction.ts';

const [a, b] = ['10.2.9.1 . 8080', '10.2.9.2 . 8080'];
const rules = (ports: Readonly<Record<string, readonly string[]>>, service = 'shop/db'): Rules => ({
  gateways: { ip: ['10.1.0.1'], ip6: ['fd00:1::1'] },
  ports: Object.fromEntries(Object.entries(ports).map(([name, entries]) => [name, { service, entries }])),
});
const lines = (before: Rules | undefined, after: Rules) =>
  transaction('heddle-edge-helsinki', before, after)
    .trim()
    .split('\n')
    .map((line) => line.replaceAll('inet heddle-edge-helsinki', 'T'));
const one = rules({ 'udp-53-ip': [a, b, a] });

describe('the kernel is told', () => {
  test('all of a table that is not there', () => {
    expect(lines(undefined, one)).toEqual([
      'add table T',
      'add set T gateways-ip { type ipv4_addr; }',
      'add map T services-ip { type inet_proto . inet_service : verdict; }',
      'add set T gateways-ip6 { type ipv6_addr; }',
      'add map T services-ip6 { type inet_proto . inet_service : verdict; }',
      'add set T ports-tcp { type inet_service; }',
      'add set T ports-udp { type inet_service; }',
      'add chain T lead',
      'add rule T lead ip daddr @gateways-ip meta l4proto . th dport vmap @services-ip comment "heddle, layout 1"',
      'add rule T lead ip6 daddr @gateways-ip6 meta l4proto . th dport vmap @services-ip6 comment "heddle, layout 1"',
      'add chain T prerouting { type nat hook prerouting priority dstnat; }',
      'add rule T prerouting jump lead',
      'add chain T output { type nat hook output priority -100; }',
      'add rule T output jump lead',
      'add chain T back',
      'add rule T back meta l4proto tcp ct original proto-dst @ports-tcp masquerade',
      'add rule T back meta l4proto udp ct original proto-dst @ports-udp masquerade',
      'add chain T postrouting { type nat hook postrouting priority srcnat; }',
      'add rule T postrouting ct status dnat ct original ip daddr @gateways-ip jump back',
      'add rule T postrouting ct status dnat ct original ip6 daddr @gateways-ip6 jump back',
      'add element T gateways-ip { 10.1.0.1 }',
      'add element T gateways-ip6 { fd00:1::1 }',
      'add element T ports-udp { 53 }',
      'add map T udp-53-ip { typeof meta length : ip daddr . udp dport; }',
      'add element T udp-53-ip { 0 : 10.2.9.1 . 8080, 1 : 10.2.9.2 . 8080, 2 : 10.2.9.1 . 8080 }',
      'add chain T udp-53-ip',
      'add rule T udp-53-ip meta l4proto udp dnat ip to jhash ip saddr . udp sport mod 4093 seed 0x68656464 map @udp-53-ip comment "shop/db"',
      'add element T services-ip { udp . 53 : goto udp-53-ip }',
    ]);
  });

  test('of a change of copies the entries that differ, and nothing else', () => {
    expect(lines(one, rules({ 'udp-53-ip': [a, a, b] }))).toEqual([
      'delete element T udp-53-ip { 1, 2 }',
      'add element T udp-53-ip { 1 : 10.2.9.1 . 8080, 2 : 10.2.9.2 . 8080 }',
    ]);
    expect(transaction('t', one, one)).toBe('');
  });

  test('of a port that comes or goes only that', () => {
    const two = rules({ 'udp-53-ip': [a, b, a], 'tcp-53-ip6': ['fd00:2::9 . 8080'] });
    expect(lines(one, two)).toEqual([
      'add element T ports-tcp { 53 }',
      expect.stringMatching(/^add map T tcp-53-ip6 /),
      'add element T tcp-53-ip6 { 0 : fd00:2::9 . 8080 }',
      'add chain T tcp-53-ip6',
      expect.stringMatching(/^add rule T tcp-53-ip6 .* dnat ip6 to jhash /),
      'add element T services-ip6 { tcp . 53 : goto tcp-53-ip6 }',
    ]);
    expect(lines(two, one)).toEqual([
      'delete element T ports-tcp { 53 }',
      'delete element T services-ip6 { tcp . 53 }',
      'flush chain T tcp-53-ip6',
      'delete chain T tcp-53-ip6',
      'delete map T tcp-53-ip6',
    ]);
  });

  test('of a port that another service has now who it is', () => {
    const [flush, add] = lines(one, rules({ 'udp-53-ip': [a, b, a] }, 'shop/other'));
    expect(flush).toBe('flush chain T udp-53-ip');
    expect(add).toMatch(/comment "shop\/other"$/);
  });

  test('of a gateway that has other addresses which', () => {
    const moved = { ...one, gateways: { ip: ['10.1.0.2'], ip6: ['fd00:1::1'] } };
    expect(lines(one, moved)).toEqual([
      'delete element T gateways-ip { 10.1.0.1 }',
      'add element T gateways-ip { 10.1.0.2 }',
    ]);
  });
});
