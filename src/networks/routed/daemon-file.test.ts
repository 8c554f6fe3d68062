import { expect, test } from 'vitest';
import { type Daemon, daemonFile } from './daemon-file.ts';
import { routingSettings } from './settings.ts';

const of = (more: Partial<Daemon> = {}): string =>
  daemonFile({
    routing: routingSettings.parse({}),
    uplink: { interface: 'eth1', inet: '192.0.2.1', inet6: '2001:db8::1' },
    nodes: [
      { as: 64_512, inet: '192.0.2.2', inet6: '2001:db8::2' },
      { as: 64_513, inet: '192.0.2.3' },
    ],
    networks: [
      {
        subnets: ['10.9.0.0/24', 'fd09::/64'],
        gateways: ['10.9.0.1', 'fd09::1'],
        addresses: ['10.9.0.1', 'fd09::1', '10.9.0.7', 'fd09::7'],
      },
    ],
    log: '/folder/bird.log',
    ...more,
  });
const sessions = (text: string) => text.split('\n').filter((line) => line.startsWith('protocol bgp'));

test('each node is spoken with by each family that both have', () => {
  const lines = sessions(of());
  expect(lines.map((line) => /neighbor (\S+)/.exec(line)?.[1])).toEqual([
    '192.0.2.2',
    '192.0.2.3',
    '2001:db8::2',
  ]);
  expect(lines[0]).toContain('local 192.0.2.1 port 1179 as 64512; neighbor 192.0.2.2 port 1179 as 64512;');
  expect(lines[1]).toContain('neighbor 192.0.2.3 port 1179 as 64513;');
  expect(sessions(of({ uplink: { interface: 'eth1', inet: '192.0.2.1' } }))).toHaveLength(2);
});

test('with itself none speaks, whoever says to have its address', () => {
  expect(sessions(of({ nodes: [{ as: 64_512, inet: '192.0.2.1' }] }))).toEqual([]);
});

test('with routers, nodes speak with these alone', () => {
  const routers = [
    { address: '192.0.2.253', as: 65_001 },
    { address: '2001:db8::fe', as: 65_002 },
  ];
  const lines = sessions(of({ routing: routingSettings.parse({ as: 65_010, routers }) }));
  expect(lines).toHaveLength(2);
  expect(lines[0]).toMatch(/router_192_0_2_253 from any_router \{ neighbor 192\.0\.2\.253 as 65001; ipv4 /);
  expect(lines[1]).toMatch(/from any_router \{ neighbor 2001:db8::fe as 65002; ipv6 /);
});

test('what is here is said, and only single addresses of these networks are believed', () => {
  const text = of();
  expect(text.match(/route \S+ unreachable;/g)).toEqual([
    'route 10.9.0.1/32 unreachable;',
    'route 10.9.0.7/32 unreachable;',
    'route fd09::1/128 unreachable;',
    'route fd09::7/128 unreachable;',
  ]);
  expect(text).toContain('filter learned_ipv4 { if net ~ [ 10.9.0.0/24{32,32} ] then accept; reject; }');
  expect(text).toContain('filter learned_ipv6 { if net ~ [ fd09::/64{128,128} ] then accept; reject; }');
  expect(text).toContain('if net ~ 10.9.0.0/24 then krt_prefsrc = 10.9.0.1;');
});

test('nothing is believed of a family that no network has', () => {
  const text = of({ networks: [{ subnets: ['10.9.0.0/24'], gateways: ['10.9.0.1'], addresses: [] }] });
  expect(text).toContain('filter learned_ipv6 { reject; }');
});

test('a host without IPv4 has a number of its own even so', () => {
  const idOf = (inet6: string) => /router id (\S+);/.exec(of({ uplink: { interface: 'eth1', inet6 } }))?.[1];
  expect(idOf('2001:db8::1')).toMatch(/^\d+(\.\d+){3}$/);
  expect(idOf('2001:db8::1')).not.toBe(idOf('2001:db8::2'));
});
