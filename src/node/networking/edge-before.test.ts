import { expect, test } from 'vitest';
import { mustLeave } from './edge-before.ts';

const by = (driver: string, options = {}, uplink = 'eth1') => ({
  driver,
  uplink,
  programs: '/etc/heddle/programs',
  options,
});

test('what an edge has made is left to one that comes in its place, and removed before any other', () => {
  expect(mustLeave(by('ebpf'), by('ebpf', {}, 'eth2'))).toBe(false);
  expect(mustLeave(by('ebpf'), by('vxlan', { peers: ['192.0.2.1'] }))).toBe(false);
  expect(mustLeave(by('vxlan', { peers: ['192.0.2.1'] }), by('ebpf'))).toBe(false);
  expect(mustLeave(by('ebpf'), by('ovs'))).toBe(true);
  expect(mustLeave(by('ovs'), by('ebpf'))).toBe(true);
  expect(mustLeave(by('ethernet', { title: 'one' }), by('ebpf'))).toBe(true);
  expect(mustLeave(by('ebpf'), undefined)).toBe(true);
});

test('an edge that cannot follow another way of its own is removed when its settings change', () => {
  expect(mustLeave(by('ovs'), { ...by('ovs'), programs: '/elsewhere' })).toBe(false);
  expect(mustLeave(by('ovs'), by('ovs', {}, 'eth2'))).toBe(true);
  expect(mustLeave(by('ovs'), by('ovs', { bridge: 'br-ex' }))).toBe(true);
});
