import { beforeEach, expect, test } from 'vitest';
import { paperNetworking, paperPorts } from '../../../test/support/paper-networking.ts';
import type { NetworkingService } from '../../networks/standard/networking-service.ts';
import { netavarkDoor } from './netavark.ts';

const network = {
  id: 'a'.repeat(64),
  name: 'lab',
  driver: 'heddle',
  internal: false,
  ipv6_enabled: false,
  dns_enabled: false,
  created: '2026-11-29T00:00:00Z',
  options: { subnets: '[{"subnet":"10.9.0.0/24"}]' },
  ipam_options: { driver: 'host-local' },
};
const execution = {
  container_id: 'b'.repeat(64),
  container_name: 'web',
  port_mappings: [{ container_port: 80, host_ip: '', host_port: 8080, protocol: 'tcp,udp', range: 2 }],
  network,
  network_options: { interface_name: 'eth0', aliases: ['shop'], static_ips: ['10.9.0.9'], static_mac: null },
};
const namespace = '/proc/self/ns/net';

let networking: NetworkingService;
let call: (args: string[], input: unknown) => Promise<{ code: number; said: unknown }>;

beforeEach(() => {
  networking = paperNetworking();
  const door = netavarkDoor(networking, paperPorts(networking));
  call = async (args, input) => {
    const { code, output } = await door({ args, env: {}, input: JSON.stringify(input) });
    return { code, said: output === '' ? undefined : JSON.parse(output) };
  };
});

test('a network of Podman is one of Heddle, which gives the addresses', async () => {
  expect(await call(['create'], network)).toEqual({
    code: 0,
    said: {
      ...network,
      subnets: [{ subnet: '10.9.0.0/24', gateway: '10.9.0.1' }],
      ipam_options: { driver: 'none' },
    },
  });
  expect(await networking.networks.read('lab')).toMatchObject({ archetype: 'ip' });
});

test('one that is there is taken as it is', async () => {
  await networking.networks.create({
    name: 'lab',
    archetype: 'sdn',
    options: { subnets: [{ subnet: '10.7.0.0/24' }] },
  });
  expect(await call(['create'], { ...network, options: {} })).toMatchObject({ code: 1 });
  expect(
    await call(['create'], { ...network, name: 'x', options: { network: 'lab', archetype: 'sdn' } }),
  ).toMatchObject({
    said: { name: 'x', subnets: [{ subnet: '10.7.0.0/24' }] },
  });
});

test('a container has an endpoint, with the same MAC address after each start', async () => {
  const { said } = await call(['setup', namespace], execution);
  expect(said).toEqual({
    dns_search_domains: [],
    dns_server_ips: ['10.9.0.1'],
    interfaces: {
      eth0: {
        mac_address: expect.stringMatching(/^02:/),
        subnets: [{ ipnet: '10.9.0.9/24', gateway: '10.9.0.1' }],
      },
    },
  });
  const [endpoint] = await networking.endpoints('lab').list();
  expect(endpoint).toMatchObject({
    name: 'bbbbbbbbbbbb.eth0',
    options: {
      aliases: ['web', 'shop'],
      ports: [
        { port: 80, published: 8080, protocol: 'tcp', held: true },
        { port: 81, published: 8081, protocol: 'tcp', held: true },
        { port: 80, published: 8080, protocol: 'udp', held: true },
        { port: 81, published: 8081, protocol: 'udp', held: true },
      ],
    },
  });
  expect(await call(['teardown', namespace], execution)).toEqual({ code: 0 });
  expect(await call(['teardown', '/nowhere'], execution)).toEqual({ code: 0 });
  expect(await networking.endpoints('lab').list()).toEqual([]);
  expect(await call(['setup', namespace], execution)).toMatchObject({ said });
});

test('one whose set-up was cut off is taken away behind it', async () => {
  await call(['create'], network);
  const cut = call(['setup', namespace], execution);
  expect(await call(['teardown', namespace], execution)).toEqual({ code: 0 });
  await cut;
  expect(await networking.endpoints('lab').list()).toEqual([]);
});

test('ports are counted before they are made', async () => {
  const much = { container_port: 1, host_port: 1, protocol: Array(64).fill('tcp').join(), range: 65_535 };
  const port_mappings = Array(1024).fill(much);
  expect(await call(['setup', namespace], { ...execution, port_mappings })).toEqual({
    code: 1,
    said: { error: expect.stringMatching(/^ERR_RESOURCE_INVALID: 4294901760 ports .* 1024 at most/) },
  });
});

test('a port without one of the host gets one, which Podman does not hold', async () => {
  const port_mappings = [
    { container_port: 80, host_port: 0, protocol: 'tcp', range: 2 },
    { container_port: 90, host_port: 49_153, protocol: 'tcp,sctp' },
  ];
  expect(await call(['setup', namespace], { ...execution, port_mappings })).toMatchObject({ code: 0 });
  expect((await networking.endpoints('lab').list())[0]?.options['ports']).toEqual([
    { port: 80, published: 49_152, protocol: 'tcp' },
    { port: 81, published: 49_154, protocol: 'tcp' },
    { port: 90, published: 49_153, protocol: 'tcp', held: true },
    { port: 90, published: 49_153, protocol: 'sctp', held: true },
  ]);
});

test('says what it is', async () => {
  expect(await call(['info'], '')).toMatchObject({ code: 0, said: { api_version: '1.0.0' } });
});

test.each([
  [
    'a range that is no prefix',
    ['create'],
    { ...network, subnets: [{ subnet: '10.9.0.0/24', lease_range: {} }] },
  ],
  ['an archetype that there is not', ['create'], { ...network, options: { archetype: 'xyz' } }],
  ['an MTU that is no number', ['create'], { ...network, options: { mtu: 'much' } }],
  ['a namespace that is not there', ['setup', '/nowhere'], execution],
  ['what is no namespace', ['setup', '/etc/passwd'], execution],
  [
    'a protocol without ports',
    ['setup', namespace],
    { ...execution, port_mappings: [{ container_port: 80, host_port: 8080, protocol: 'tcp,icmp' }] },
  ],
  ['no command', [], {}],
  ['another command', ['--help'], {}],
])('%s is refused, and said as netavark shows it', async (_what, args, input) => {
  expect(await call(args, input)).toMatchObject({ code: 1, said: { error: expect.stringMatching(/^ERR_/) } });
});
