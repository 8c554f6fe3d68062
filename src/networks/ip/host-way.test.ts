import { expect, test } from 'vitest';
import { forwarded, type Route, translated } from './host-way.ts';
import type { Packet } from './packet.ts';

const elements = new Set([
  'bridges hb1',
  'bridges hb2',
  'bridges hb3',
  'same hb1 hb1',
  'same hb2 hb2',
  'same hb3 hb3',
  'internal hb3',
  'served4 10.1.0.1',
  'served4 10.2.0.1',
  'served4 10.9.0.1',
  'gateways4 hb1 10.1.0.1',
  'gateways4 hb2 10.2.0.1',
  'subnets4 10.1.0.0 24',
  'subnets4 10.2.0.0 24',
  'ports4 tcp 8080 10.2.0.2 80',
  'at4 192.0.2.1 tcp 8080 10.1.0.9 81',
]);
const packet = (destination: string, more: Partial<Packet> = {}): Packet => ({
  source: '10.1.0.2',
  destination,
  protocol: 'tcp',
  port: 8080,
  ...more,
});
/** A network of two subnets: the map has the first gateway only. */
const hb1 = { bridge: 'hb1', addresses: ['10.1.0.1', '10.9.0.1'] };
const through = (device: string, isLocal = false): Route => ({ device, isLocal, rule: `dev ${device}` });
const receiver = { kind: 'endpoint', name: 'other/web' } as const;
const way = (to: Packet, device: string, isPublished = false) =>
  forwarded({ packet: to, steps: [], isPublished }, 'hb1', through(device), elements, receiver);
const last = ({ steps }: { readonly steps: readonly { readonly rule: string }[] }) => steps.at(-1)?.rule;

test('out of the host, with its address', () => {
  const found = way(packet('8.8.8.8'), 'eth0');
  expect(found).toMatchObject({ outcome: 'leaves', to: [{ kind: 'interface', name: 'eth0' }] });
  expect(last(found)).toBe('ip saddr @subnets4 oifname != @bridges masquerade');
});

test('to another host of the same network, as it is', () => {
  const routed = new Set([...elements, 'within4 10.1.0.0 24 10.1.0.0 24']);
  const meant = { packet: packet('10.1.0.9'), steps: [], isPublished: false };
  const found = forwarded(meant, 'hb1', through('eth1'), routed, receiver);
  expect(found).toMatchObject({ outcome: 'leaves', to: [{ kind: 'interface', name: 'eth1' }] });
  expect(last(found)).toBe('ip saddr . ip daddr @within4 fib saddr . iif oif exists accept');
  const outside = forwarded(
    { ...meant, packet: packet('8.8.8.8') },
    'hb1',
    through('eth0'),
    routed,
    receiver,
  );
  expect(last(outside)).toBe('ip saddr @subnets4 oifname != @bridges masquerade');
});

test('to no other network', () => {
  const found = way(packet('10.2.0.2'), 'hb2');
  expect(found).toMatchObject({ outcome: 'dropped', to: [] });
  expect(last(found)).toBe('oifname @bridges drop');
  expect(last(way(packet('10.3.0.2'), 'hb3'))).toBe('oifname @internal drop');
});

test('to a published port, wherever it leads', () => {
  const meant = translated(packet('192.0.2.7'), hb1, through('lo', true), elements);
  expect(meant.packet).toMatchObject({ destination: '10.2.0.2', port: 80 });
  const found = forwarded(meant, 'hb1', through('hb2'), elements, receiver);
  expect(found).toMatchObject({ outcome: 'delivered', to: [receiver] });
  expect(found.steps.map(({ rule }) => rule)).toContain('oifname @bridges ct status dnat accept');
});

test('that of one address goes before that of all', () => {
  const { packet: to } = translated(packet('192.0.2.1'), hb1, through('lo', true), elements);
  expect(to).toMatchObject({ destination: '10.1.0.9', port: 81 });
});

test('to the host itself, but never to its loopback', () => {
  const here = translated(packet('192.0.2.1', { port: 22 }), hb1, through('lo', true), elements);
  expect(here.end).toEqual({ outcome: 'delivered', to: [{ kind: 'host', name: 'hb1' }] });
  const loopback = translated(packet('127.0.0.1'), hb1, through('lo', true), elements);
  expect(loopback).toMatchObject({ end: { outcome: 'dropped' } });
});

test('to its own name server, and to no other', () => {
  const asked = (destination: string) =>
    translated(packet(destination, { protocol: 'udp', port: 53 }), hb1, through('lo', true), elements).end
      ?.outcome;
  expect(['10.1.0.1', '10.9.0.1'].map(asked)).toEqual(['delivered', 'delivered']);
  expect(asked('10.2.0.1')).toBe('dropped');
});

test('to nobody, where nobody has the address', () => {
  const meant = { packet: packet('10.1.0.99'), steps: [], isPublished: false };
  expect(forwarded(meant, 'hb1', through('hb1'), elements, undefined)).toMatchObject({ outcome: 'dropped' });
});
