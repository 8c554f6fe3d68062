import { expect, test } from 'vitest';
import { networkOptions } from '../options.ts';
import type { IpEndpoint, IpNetwork } from '../settle.ts';
import { keaConfiguration, keaReservation } from './kea.ts';

const both = [
  { subnet: 'fd09::/64', gateway: 'fd09::1' },
  { subnet: '10.9.0.0/24', gateway: '10.9.0.1' },
  { subnet: '10.8.0.0/24', gateway: '10.8.0.1' },
];
const network = (options: object = {}) =>
  ({
    name: 'lab',
    mtu: 1400,
    options: { ...networkOptions.parse({ dhcp: 'kea', subnets: both }), ...options },
  }) as unknown as IpNetwork;
const endpoint = (said: object = {}) =>
  ({
    name: 'web',
    mac: '02:00:00:00:00:01',
    attachment: { kind: 'tap' },
    options: { addresses: ['fd09::2', '10.9.0.2', '10.8.0.2'] },
    ...said,
  }) as unknown as IpEndpoint;
const parsed = (of: IpNetwork, ...reservations: Parameters<typeof keaConfiguration>[1]) =>
  JSON.parse(keaConfiguration(of, reservations) ?? 'null').Dhcp4;

test('an endpoint has the address that it has in the first subnet of IPv4 reserved, by its MAC address', () => {
  const reserved = { 'hw-address': '02:00:00:00:00:01', 'ip-address': '10.9.0.2' };
  expect(keaReservation(endpoint(), network())).toEqual({ ...reserved, hostname: 'web' });
  // It would be no host's name, and nothing of it is to be anything else.
  for (const name of ['web_1', 'a'.repeat(64), '-web', 'web"'])
    expect(keaReservation(endpoint({ name }), network())).toEqual(reserved);
});

test('what another node has, that node answers', () => {
  for (const kind of ['remote', 'node'])
    expect(keaReservation(endpoint({ attachment: { kind, node: 'two' } }), network())).toBeUndefined();
});

test('nobody gets an address but by a reservation, and only one', () => {
  const { subnet4, ...rest } = parsed(
    network(),
    { 'hw-address': '02:00:00:00:00:01', 'ip-address': '10.9.0.2' },
    { 'hw-address': '02:00:00:00:00:01', 'ip-address': '10.9.0.3' },
    { 'hw-address': '02:00:00:00:00:02', 'ip-address': '10.9.0.4' },
  );
  expect(subnet4).toHaveLength(1);
  expect(subnet4[0]).not.toHaveProperty('pools');
  expect(subnet4[0].subnet).toBe('10.9.0.0/24');
  expect(subnet4[0].reservations.map((one: { 'ip-address': string }) => one['ip-address'])).toEqual([
    '10.9.0.2',
    '10.9.0.4',
  ]);
  expect(rest).toMatchObject({
    'match-client-id': false,
    'client-classes': [{ name: 'DROP', test: "not member('KNOWN')" }],
    'lease-database': { persist: false },
  });
});

test('clients are told the way out and the name server that there are', () => {
  const told = (options: object) =>
    parsed(network(options)).subnet4[0]['option-data'].map((one: object) => Object.values(one).join(' '));
  expect(told({})).toEqual(['routers 10.9.0.1', 'domain-name-servers 10.9.0.1', 'interface-mtu 1400']);
  expect(told({ internal: true, names: false })).toEqual(['interface-mtu 1400']);
});

test('a network that asks for another server, or has no IPv4, has no configuration', () => {
  for (const options of [{ dhcp: true }, { dhcp: false }, { dhcp: 'dnsmasq' }, { subnets: both.slice(0, 1) }])
    expect(keaConfiguration(network(options), [])).toBeUndefined();
});
