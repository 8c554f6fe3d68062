import { expect, test } from 'vitest';
import { configuration, nameFiles, serverLines } from './dnsmasq.ts';
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
