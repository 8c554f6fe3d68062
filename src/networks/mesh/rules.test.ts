import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { meshRules } from './rules.ts';
import { markOf, type SidecarPlan } from './sidecar-plan.ts';

const plan: SidecarPlan = {
  id: 'a1b2c3d4e5f6',
  name: 'web',
  namespace: { path: '/run/netns/web' },
  interface: 'eth0',
  addresses: ['10.1.0.2'],
  subnets: ['10.1.0.0/24'],
  hosts: ['10.1.0.1'],
  udp: 'refused',
};
const dual: SidecarPlan = {
  ...plan,
  addresses: ['10.1.0.2', 'fd01::2'],
  subnets: ['10.1.0.0/24', 'fd01::/64'],
  hosts: ['10.1.0.1', 'fd01::1'],
};
const lines = (text: string) => text.split('\n').map((line) => line.trim());

test('what is said to others of the network is led to the proxy, and what is said to hosts is not', () => {
  expect(lines(meshRules(plan))).toContain(
    `oifname "eth0" ct direction original ip daddr { 10.1.0.0/24 } ip daddr != { 10.1.0.2, 10.1.0.1 } tcp dport != 15008 meta mark set ${markOf(plan.id)}`,
  );
});

test('neighbours get in by the proxy alone, whichever address they take, that of the link too', () => {
  const said = lines(meshRules(plan));
  expect(said).toContain('iifname "eth0" ip saddr { 10.1.0.0/24 } ip saddr != { 10.1.0.1 } jump others');
  expect(said).toContain('iifname "eth0" ip6 saddr { fe80::/10 } jump others');
  expect(said).not.toContain('meta l4proto udp accept');
  expect(lines(meshRules({ ...plan, udp: 'plain' }))).toContain('meta l4proto udp accept');
});

test('marks of two endpoints differ, and are whole', () => {
  expect(markOf('a1b2c3d4e5f6')).not.toBe(markOf('a1b2c3d4e5f7'));
  expect(markOf('ffffffffffff')).toBe(0x1fff_ffff);
});

test.each([plan, dual, { ...dual, hosts: [], udp: 'plain' as const }])('nft understands it (%#)', (one) => {
  // `-c` looks at the text, and changes nothing; in a namespace of its own, it may do so.
  const args = ['--net', '--user', '--map-root-user', 'nft', '-c', '-f', '-'];
  expect(() => execFileSync('unshare', args, { input: meshRules(one) })).not.toThrow();
});
