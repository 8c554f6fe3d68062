import { expect, test } from 'vitest';
import type { Leg } from '../leg.ts';
import { renderNat } from './ruleset.ts';

const leg: Leg = {
  id: 2,
  network: 'shop_lab',
  mac: '02:00:00:00:00:02',
  ipv4: ['10.0.0.2'],
  ipv6: ['fd00::2'],
  gateway: { mac: '02:00:00:00:00:01', ipv4: ['10.0.0.1/24'], ipv6: [] },
  neighbours: [],
};

test('ports are handed on where packets come from the network, of both families', () => {
  const text = renderNat(
    { ports: [{ protocol: 'udp', from: 53, to: 5353 }], hidesSources: false },
    [leg],
    'd1',
  );
  expect(text).toContain('iifname "o-*" udp dport 53 counter name ports_0 dnat to :5353');
  expect(text).toContain('chain stamp_d1 { }');
  expect(text).not.toContain('snat');
  expect(text.startsWith('table inet heddle\ndelete table inet heddle\n')).toBe(true);
});

test('what the rules have seen is marked, by legs that they are made for', () => {
  const rules = { ports: [], hidesSources: true };
  expect(renderNat(rules, [leg], 'd1')).toContain(
    'iifname { "o-2", "i-2", "o-2.1", "i-2.1" } meta mark set meta mark | 0x80000000',
  );
  expect(renderNat(rules, [], 'd1')).not.toContain('mark set');
});

test('sources are hidden behind the gateway, and what it has no address for does not pass', () => {
  const text = renderNat({ ports: [], hidesSources: true }, [leg], 'd1');
  expect(text).toContain(
    'oifname { "i-2", "i-2.1" } meta nfproto ipv4 counter name hidden snat ip to 10.0.0.1',
  );
  expect(text).toContain('oifname { "i-2", "i-2.1" } meta nfproto ipv6 ct direction original drop');
});
