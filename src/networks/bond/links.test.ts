import { expect, test } from 'vitest';
import type { AddressedLink } from '../ip.ts';
import { addressCommands } from './addresses.ts';
import { judgeLinks } from './links.ts';
import { deviceCounters } from './proc-net-dev.ts';

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

test('a link is able that is there, and is nobody’s', () => {
  const all = [
    link('eth1'),
    link('eth2', { addr_info: [address('fe80::1', 64, 'link')], master: 'bond0' }),
    link('eth3', { addr_info: [address('192.0.2.1', 24)] }),
    link('eth4', { master: 'br0' }),
    link('wg0', { link_type: 'none' }),
  ];
  const links = ['eth1', 'eth2', 'eth3', 'eth4', 'wg0', 'nowhere'];
  const { able, refused } = judgeLinks({ name: 'bond0', links }, all);
  expect(able.map(({ ifname }) => ifname)).toEqual(['eth1', 'eth2']);
  expect([...refused.keys()]).toEqual(['eth3', 'eth4', 'wg0']);
  expect(refused.get('eth3')).toContain('it has the address 192.0.2.1/24');
});

test('a bond has just the addresses that were said, and what others gave it', () => {
  const wish = { name: 'bond0', addresses: ['192.0.2.1/24', 'fd00::1/64'] };
  const bond = {
    addr_info: [address('192.0.2.1', 24), address('192.0.2.9', 24), address('203.0.113.1', 24)],
  };
  expect(addressCommands(wish, bond, ['192.0.2.9/24', 'fd00::9/64', ...wish.addresses])).toEqual([
    'address del 192.0.2.9/24 dev bond0',
    'address add fd00::1/64 dev bond0 nodad',
  ]);
});

test('the kernel’s counters are read, whatever an interface is called', () => {
  const text = `Inter-|   Receive                                                |  Transmit
 face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed
    lo:       0       0    0    0    0     0          0         0        0       0    0    0    0     0       0          0
  eth0:1: 123456789   10    2    0    0     0          0         0    98765      11    3    0    0     0       0          0
`;
  expect(deviceCounters(text).get('eth0:1')).toEqual({ sent: 98765, received: 123456789, errors: 5 });
});
