import { expect, test } from 'vitest';
import { web, webErrors } from '../memory-files.ts';

test('ports, short and long', () => {
  expect(
    web('ports: [80, "8000-8001:80", { target: 90, published: 91, host_ip: "::1", protocol: udp }]').ports,
  ).toEqual([
    { target: 80, protocol: 'tcp' },
    { target: 80, published: 8000, publishedEnd: 8001, protocol: 'tcp' },
    { target: 90, published: 91, hostIp: '::1', protocol: 'udp' },
  ]);
});

test('networks with aliases and addresses', () => {
  const keys =
    'networks: { a: { aliases: [x], ipv4_address: 10.0.0.2, ipv6_address: "fd00::2", link_local_ips: [169.254.1.1], mac_address: "02:00:00:00:00:01", priority: 5 }, b: }';
  expect(web(keys, 'networks: { a: , b: }').networks).toEqual({
    a: {
      aliases: ['x'],
      ipv4: '10.0.0.2',
      ipv6: 'fd00::2',
      linkLocal: ['169.254.1.1'],
      mac: '02:00:00:00:00:01',
      priority: 5,
    },
    b: { aliases: [], linkLocal: [], priority: 0 },
  });
});

test("a service's own address is that on its main network", () => {
  const keys = 'mac_address: "02:00:00:00:00:01"\nnetworks: { a: , b: { priority: 5 } }';
  expect(web(keys, 'networks: { a: , b: }').networks).toMatchObject({ b: { mac: '02:00:00:00:00:01' } });
});

test.each([
  ['none', 'none'],
  ['host', 'host'],
  ['bridge', 'bridge'],
  ['container:c', { container: 'c' }],
  ['service:db', { service: 'db' }],
])('network_mode %s', (mode, expected) => {
  const service = web(`network_mode: "${mode}"`, '  db: { image: db }');
  expect(service.networkMode).toEqual(expected);
  if (mode !== 'bridge') expect(service.networks).toEqual({});
});

test('a network that is the host’s own', () => {
  const host = 'networks: { lab: { x-heddle: { archetype: host } }, b: }';
  const service = web('networks: [lab]', host);
  expect([service.networkMode, service.networks]).toEqual(['host', {}]);
  expect(webErrors('networks: [lab, b]', host).join()).toContain(
    'networks.lab: who is on the host’s own network is on no other',
  );
  expect(webErrors('networks: [lab]\nports: ["80:80"]', host).join()).toContain(
    'with "archetype: host" a service has no network',
  );
});
