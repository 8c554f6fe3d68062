import { expect, test } from 'vitest';
import type { AddressedLink } from '../ip.ts';
import { addressCommands } from './addresses.ts';
import { judgeLinks, type LinksContext } from './links.ts';

const address = (local: string, prefixlen: number, scope = 'global') =>
  ({ family: 'inet', local, prefixlen, scope }) as const;
const link = (ifname: string, more: Partial<AddressedLink> = {}): AddressedLink => ({
  ifindex: 1,
  ifname,
  link_type: 'ether',
  mtu: 1500,
  address: '02:00:00:00:00:01',
  operstate: 'UP',
  flags: ['UP'],
  addr_info: [],
  ...more,
});

const nothing = {
  own: new Set<string>(),
  routed: new Set<string>(),
  usedElsewhere: new Map<string, string>(),
};
const why = (one: AddressedLink, context: Partial<LinksContext> = {}, ...others: AddressedLink[]) =>
  judgeLinks({ name: 'bond0', links: [one.ifname] }, [one, ...others], {
    ...nothing,
    ...context,
  }).refused.get(one.ifname);

test('links are members that are there and that nobody has, in their order', () => {
  const links = ['eth2', 'nowhere', 'eth1', 'eth3'];
  const all = [link('eth1'), link('eth2', { master: 'bond0' }), link('eth3', { master: 'br0' })];
  const { able, refused } = judgeLinks({ name: 'bond0', links }, all, nothing);
  expect(able.map(({ ifname }) => ifname)).toEqual(['eth2', 'eth1']);
  expect([...refused]).toEqual([['eth3', 'it is a port of br0']]);
});

test('what somebody has of a link keeps it from a bond, which would cut that off', () => {
  const own = new Set(['eth1']);
  expect(why(link('wg0', { link_type: 'none' }))).toBe('it is no Ethernet');
  expect(why(link('eth1', { addr_info: [address('192.0.2.1', 24)] }))).toContain(
    'it has the address 192.0.2.1/24',
  );
  expect(why(link('eth1', { addr_info: [address('fe80::1', 64, 'link')] }))).toBeUndefined();
  expect(why(link('eth1', { ifalias: 'heddle endpoint 0123456789ab lab/x' }))).toContain('of a network');
  expect(why(link('eth1', { ifalias: 'to the rack’s switch' }))).toBeUndefined();
  expect(why(link('eth1'), {}, link('eth1.100', { link: 'eth1' }))).toBe('eth1.100 is on it');
  expect(why(link('eth1'), { routed: own })).toBe('routes lead through it');
  expect(why(link('eth1'), { usedElsewhere: new Map([['eth1', 'bridge br-ex of Open vSwitch']]) })).toBe(
    'it is a port of bridge br-ex of Open vSwitch',
  );
  expect(why(link('eth1', { master: 'ovs-system' }))).toBe('it is a port of ovs-system');
  expect(why(link('eth1', { master: 'ovs-system' }), { own })).toBeUndefined();
});

test('what the kernel gave a member by itself, as it came back, is nothing', () => {
  const heard = link('eth1', { addr_info: [{ ...address('2001:db8::1', 64), dynamic: true }] });
  const own = new Set(['eth1']);
  expect(why(heard, { own, routed: own })).toBeUndefined();
  expect(why(heard)).toContain('it has the address');
});

test('a bond has just the addresses that were said, and what others gave it', () => {
  const wish = { name: 'bond0', addresses: ['192.0.2.1/24', 'fd00::1/64'] };
  const bond = {
    addr_info: [address('192.0.2.1', 24), address('192.0.2.9', 24), address('203.0.113.1', 24)],
  };
  expect(addressCommands(wish, bond, ['192.0.2.9/24', 'fd00::9/64', ...wish.addresses])).toEqual([
    'address del 192.0.2.9/24 dev bond0',
    'address replace fd00::1/64 dev bond0 nodad',
  ]);
});
