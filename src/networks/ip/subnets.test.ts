import { describe, expect, test } from 'vitest';
import { chooseSubnets, type Pool } from './subnets.ts';

const pools: readonly Pool[] = [
  { prefix: '10.160.0.0/22', length: 24 },
  { prefix: 'fd00:1::/62', length: 64 },
];
const choose = (options: object, taken: { prefix: string; by: string }[] = []) =>
  chooseSubnets('network lab', { subnets: [], ipv6: false, ...options }, taken, pools);
const lan = { prefix: '10.160.0.0/23', by: 'a route through eth0' };

describe('the subnets of a network', () => {
  test('are the first that nobody has, where none was asked for', () => {
    expect(choose({})).toEqual([{ subnet: '10.160.0.0/24', gateway: '10.160.0.1', range: '10.160.0.0/24' }]);
    expect(choose({}, [lan])).toMatchObject([{ subnet: '10.160.2.0/24' }]);
    expect(choose({ ipv6: true }, [lan])).toMatchObject([
      { subnet: '10.160.2.0/24' },
      { subnet: 'fd00:1::/64' },
    ]);
  });

  test('are those asked for, and one of IPv6 besides when that is asked for', () => {
    const asked = [{ subnet: '192.168.7.0/24', gateway: '192.168.7.254', range: '192.168.7.128/25' }];
    expect(choose({ subnets: asked })).toEqual(asked);
    expect(choose({ subnets: asked, ipv6: true })).toMatchObject([...asked, { subnet: 'fd00:1::/64' }]);
    expect(choose({ subnets: [{ subnet: 'fd00:2::/64' }], ipv6: true })).toHaveLength(1);
  });

  test('overlap with nobody’s', () => {
    const wanted = { subnets: [{ subnet: '10.160.1.0/24' }] };
    const message = 'network lab: subnet 10.160.1.0/24 overlaps with 10.160.0.0/23 of a route through eth0';
    expect(() => choose(wanted, [lan])).toThrow(
      expect.objectContaining({ code: 'ERR_NETWORK_POOL', message }),
    );
    const twice = { subnets: [{ subnet: '10.1.0.0/16' }, { subnet: '10.1.2.0/24' }] };
    expect(() => choose(twice)).toThrow('overlaps with 10.1.0.0/16 of the same network');
  });

  test('run out', () => {
    const all = { prefix: '10.160.0.0/16', by: 'network big' };
    const message = 'network lab: no IPv4 subnet is left in the pools: 10.160.0.0/22 (/24 each)';
    expect(() => choose({}, [all])).toThrow(expect.objectContaining({ code: 'ERR_NETWORK_POOL', message }));
  });

  test.each([
    ['10.1.0.5/24', {}, 'subnet 10.1.0.5/24 has bits behind its prefix'],
    ['10.1.0.0/31', {}, 'no room for a gateway and an endpoint'],
    ['10.1.0.0/24', { gateway: '10.2.0.1' }, 'gateway 10.2.0.1 is not in 10.1.0.0/24'],
    ['10.1.0.0/24', { gateway: 'fd00::1' }, 'gateway fd00::1 is not in 10.1.0.0/24'],
    [
      '10.1.0.0/24',
      { gateway: '10.1.0.0' },
      'gateway 10.1.0.0 is no host’s: it means the subnet or all in it',
    ],
    ['10.1.0.0/24', { gateway: '10.1.0.255' }, 'gateway 10.1.0.255 is no host’s'],
    ['fd00::/64', { gateway: 'fd00::' }, 'gateway fd00:: is no host’s'],
    ['127.0.0.0/8', {}, 'subnet 127.0.0.0/8 overlaps with 127.0.0.0/8, which is for loopback'],
    ['127.9.0.0/24', {}, 'for loopback'],
    ['224.0.1.0/24', {}, 'for multicast'],
    ['0.0.0.0/0', {}, '0.0.0.0/8, which is for hosts that have no address yet'],
    ['255.255.255.0/24', {}, 'which is reserved'],
    ['::/64', {}, 'which is for loopback'],
    ['::ffff:a00:0/120', {}, '::ffff:0:0/96, which is for IPv4 addresses'],
    ['fe80::/64', {}, 'fe80::/10, which is for each link by itself'],
    ['ff02::/64', {}, 'for multicast'],
    ['10.1.0.0/24', { range: '10.1.0.0/16' }, 'range 10.1.0.0/16 is not in 10.1.0.0/24'],
  ])('such as %s %j are refused', (subnet, more, message) => {
    expect(() => choose({ subnets: [{ subnet, ...more }] })).toThrow(
      expect.objectContaining({ code: 'ERR_RESOURCE_INVALID', message: expect.stringContaining(message) }),
    );
  });
});
