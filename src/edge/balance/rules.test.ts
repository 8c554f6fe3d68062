import { describe, expect, test } from 'vitest';
import type { Balanced, Server } from '../proxy/routes.ts';
import { rulesOf, tableSize } from './rules.ts';

const server = (address: string, role: Server['role'] = 'active'): Server => ({
  address,
  port: 8080,
  role,
  isFar: false,
});
const port = (...servers: readonly Server[]): Balanced => ({
  service: 'shop/db',
  protocol: 'udp',
  port: 53,
  servers,
  keepers: servers,
});
const leadTo = (...servers: readonly Server[]) =>
  Object.fromEntries(
    Object.entries(rulesOf(['10.1.0.1', 'FD00:1::01'], [port(...servers)]).ports).map(
      ([name, { entries }]) => [name, [...new Set(entries)].sort()],
    ),
  );

describe('a port that is balanced', () => {
  test('leads to the active copies, each family to its own', () => {
    expect(leadTo(server('10.2.9.1'), server('10.2.9.2'), server('FD00:2::09'))).toEqual({
      'udp-53-ip': ['10.2.9.1 . 8080', '10.2.9.2 . 8080'],
      'udp-53-ip6': ['fd00:2::9 . 8080'],
    });
  });

  test('leads to the first spare copy when none is active', () => {
    const spare = [server('10.3.9.2', 'spare'), server('10.3.9.1', 'spare')];
    expect(leadTo(server('fd00:2::9'), ...spare)).toMatchObject({ 'udp-53-ip': ['10.3.9.2 . 8080'] });
  });

  test('is not there in a family without copies, or without an address of the gateway', () => {
    expect(leadTo()).toEqual({});
    expect(rulesOf(['fd00:1::1'], [port(server('10.2.9.1'))]).ports).toEqual({});
  });

  test('leads to no copy that the kernel cannot lead others to', () => {
    expect(leadTo(server('127.0.0.1'), server('fe80::1%eth0'), server('::1'))).toEqual({});
  });

  test('has a table as large as any, under the addresses of the gateway as the kernel writes them', () => {
    const { gateways, ports } = rulesOf(['10.1.0.1', 'FD00:1::01', '10.1.0.1'], [port(server('10.2.9.1'))]);
    expect(gateways).toEqual({ ip: ['10.1.0.1'], ip6: ['fd00:1::1'] });
    expect(ports['udp-53-ip']).toMatchObject({ service: 'shop/db', entries: { length: tableSize } });
  });
});
