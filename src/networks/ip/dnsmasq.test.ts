import { expect, test } from 'vitest';
import { configuration, leasesFor, nameFiles, serverLines } from './dnsmasq.ts';
import { networkOptions } from './options.ts';
import type { IpNetwork } from './settle.ts';

const network = (options: object) =>
  ({ name: 'lab', mtu: 1500, options: { ...networkOptions.parse({}), ...options } }) as unknown as IpNetwork;

test('other names are asked of whom the host asks', () => {
  const said = [
    '# Generated',
    'search example.org',
    'nameserver 192.0.2.1',
    '  nameserver\t2001:db8::1  ',
    'nameserver fe80::1%eth0',
    'nameserver 192.0.2.1',
    'nameserver evil.example#53',
    'nameserver',
    'options edns0',
  ].join('\n');
  expect(serverLines(network({}), said)).toBe('server=192.0.2.1\nserver=2001:db8::1\nserver=fe80::1%eth0\n');
  expect(serverLines(network({ internal: true }), said)).toBe('');
  expect(serverLines(network({}), '')).toBe('');
});

test('nothing that it is told to read makes it watch files', () => {
  const subnets = [{ subnet: '10.0.0.0/24', gateway: '10.0.0.1' }];
  for (const options of [
    {},
    { dhcp: true, subnets },
    { internal: true },
    { names: false, dhcp: true, subnets },
  ]) {
    const lines = configuration(network({ subnets: [], ...options }), 'hb0', nameFiles('/run/lab')).split(
      '\n',
    );
    expect(lines).toContain('no-resolv');
    expect(lines.filter((line) => /^(hostsdir|dhcp-hostsdir|dhcp-optsdir|resolv-file)=/.test(line))).toEqual(
      [],
    );
  }
});

test('where kea answers, it answers IPv6 alone', () => {
  const subnets = [
    { subnet: '10.0.0.0/24', gateway: '10.0.0.1' },
    { subnet: 'fd00::/64', gateway: 'fd00::1' },
  ];
  const ranges = (options: object) =>
    configuration(network({ subnets, ...options }), 'hb0', nameFiles('/run/lab'))
      .split('\n')
      .filter((line) => line.startsWith('dhcp-range='));
  const ipv6 = 'dhcp-range=fd00::,static,64,1h';
  expect(ranges({ dhcp: true })).toEqual(['dhcp-range=10.0.0.0,static,255.255.255.0,1h', ipv6]);
  expect(ranges({ dhcp: 'kea' })).toEqual([ipv6]);
  expect(ranges({ dhcp: 'kea', subnets: subnets.slice(0, 1) })).toEqual([]);
});

test('an address is kept by no lease from who has it now', () => {
  const own = '1795976701 02:00:00:00:00:01 10.0.0.2 a 01:02:00:00:00:00:01';
  const before = '1795976701 02:00:00:00:00:02 10.0.0.2 b *';
  const other = '1795976701 02:00:00:00:00:03 10.0.0.3 c *';
  const ipv6 = ['duid 00:01', '1795976701 77 fd00::2 a 00:01'];
  const endpoint = {
    mac: '02:00:00:00:00:01',
    options: { addresses: ['10.0.0.2', 'fd00::2'] },
  } as unknown as Parameters<typeof leasesFor>[0];
  const text = (...lines: string[]) => `${lines.join('\n')}\n`;
  expect(leasesFor(endpoint, text(before, other, ...ipv6))).toBe(text(other, ...ipv6));
  expect(leasesFor(endpoint, text(own, other, ...ipv6))).toBe(text(own, other, ...ipv6));
  expect(leasesFor(endpoint, '')).toBe('');
});
