import { expect, test } from 'vitest';
import { linkKinds } from './kinds.ts';
import { type UnderlayWish, type Uplink, underlayLines } from './underlay-routes.ts';

const uplink = (name: string, address: string, more: Partial<Uplink> = {}): Uplink => ({
  name,
  address,
  prefixLength: address.includes(':') ? 64 : 24,
  gateway: undefined,
  isUp: true,
  mtu: 1500,
  ...more,
});
const wish: UnderlayWish = {
  uplinks: [uplink('eth1', '192.0.2.1', { gateway: '192.0.2.254' }), uplink('eth2', '2001:db8::1')],
  paths: [
    { uplink: 'eth1', remote: '192.0.2.2' },
    { uplink: 'eth1', remote: '198.51.100.2' },
    { uplink: 'eth2', remote: '2001:db8::2' },
  ],
  used: [{ uplink: 'eth1', remote: '198.51.100.2' }],
  isOfLinks: 'fwmark 0x48574c',
  livenessPort: 51_821,
};
const nowhere = (remote: string) => `unreachable ${remote} metric 4278198272`;

test('packets leave by the uplink of their path, by way of its router where the other is not beside it', () => {
  const { rules, routes } = underlayLines(wish, 'inet');
  expect(rules).toEqual([
    'priority 7300 fwmark 0x48574c lookup 7300',
    'priority 7301 from 192.0.2.1 ipproto udp sport 51821 lookup 7301',
  ]);
  expect(underlayLines({ ...wish, isOfLinks: undefined }, 'inet').rules).toEqual(rules.slice(1));
  const far = '198.51.100.2 via 192.0.2.254 dev eth1 src 192.0.2.1 onlink';
  expect([...routes]).toEqual([
    [7300, [far, nowhere('198.51.100.2')]],
    [7301, ['192.0.2.2 dev eth1 src 192.0.2.1', far, nowhere('192.0.2.2'), nowhere('198.51.100.2')]],
  ]);
});

test('what has no uplink now goes nowhere, and not by the host’s default route', () => {
  const down = { ...wish, uplinks: wish.uplinks.map((one) => ({ ...one, isUp: false })) };
  expect([...underlayLines(down, 'inet').routes.values()]).toEqual([
    [nowhere('198.51.100.2')],
    [nowhere('192.0.2.2'), nowhere('198.51.100.2')],
  ]);
});

test('each family has its own, and one without uplinks has none', () => {
  expect([...underlayLines(wish, 'inet6').routes]).toEqual([
    [7300, []],
    [7302, ['2001:db8::2 dev eth2 src 2001:db8::1', nowhere('2001:db8::2')]],
  ]);
  expect(underlayLines({ ...wish, uplinks: [] }, 'inet')).toEqual({ rules: [], routes: new Map() });
});

test('what is for others than the nodes is led as ever, whatever its port', () => {
  for (const family of ['inet', 'inet6'] as const)
    expect([...underlayLines(wish, family).routes.values()].flat().join()).not.toContain('default');
  expect(linkKinds.vxlan.isOfLinks(51_820)).toBe('iif lo ipproto udp dport 51820');
});
