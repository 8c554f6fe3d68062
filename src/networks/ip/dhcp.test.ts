import { expect, test } from 'vitest';
import { checkDhcp, dhcpServer, dnsmasqSubnets } from './dhcp.ts';
import { networkOptions } from './options.ts';

const ipv4 = { subnet: '10.9.0.0/24' };
const ipv6 = { subnet: 'fd09::/64' };
const options = (said: object) => networkOptions.parse({ subnets: [ipv4, ipv6], ...said });

test.each([
  [undefined, undefined, []],
  [false, undefined, []],
  [true, 'dnsmasq', [ipv4, ipv6]],
  ['dnsmasq', 'dnsmasq', [ipv4, ipv6]],
  ['kea', 'kea', [ipv6]],
])('dhcp: %s is answered by %s', (dhcp, server, subnets) => {
  expect(dhcpServer(options({ dhcp }))).toBe(server);
  expect(dnsmasqSubnets(options({ dhcp }))).toEqual(subnets);
});

test('kea is refused where it could answer nobody', () => {
  const check = (said: object) => () => checkDhcp('lab', options({ dhcp: 'kea', ...said }));
  expect(check({})).not.toThrow();
  expect(check({ subnets: [ipv6] })).toThrow(
    'network lab: options.dhcp: kea answers for IPv4, and the network has no such subnet',
  );
  const onOvs = { switch: { kind: 'openvswitch', controllers: [] } };
  expect(check(onOvs)).toThrow('network lab: options.dhcp: kea answers on a bridge of the kernel only');
  expect(check({ ...onOvs, dhcp: true })).not.toThrow();
});

test.each(['isc', 'KEA', '', 1, null])('there is no server %j', (dhcp) => {
  expect(networkOptions.safeParse({ dhcp }).success).toBe(false);
});
