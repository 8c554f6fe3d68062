import { beforeEach, expect, test } from 'vitest';
import { paperNetworking, paperPorts } from '../../../test/support/paper-networking.ts';
import type { NetworkingService } from '../../networks/standard/networking-service.ts';
import { dockerDoor } from './libnetwork.ts';

const id = '1'.repeat(64);
const key = { NetworkID: id, EndpointID: '2'.repeat(64) };
const pool = '10.9.0.0/24';
const addressed = [{ AddressSpace: 'heddle', Pool: pool, Gateway: '10.9.0.1/24', AuxAddresses: {} }];
const created = (generic: Record<string, string> = {}, IPv4Data: unknown[] = addressed) => ({
  NetworkID: id,
  IPv4Data,
  IPv6Data: [],
  Options: { 'com.docker.network.enable_ipv6': false, 'com.docker.network.generic': generic },
});
const nobodys = [{ Pool: '0.0.0.0/0', Gateway: '0.0.0.0/0' }];

let networking: NetworkingService;
let call: (method: string, said?: unknown) => Promise<unknown>;
let codes: number[];

beforeEach(() => {
  networking = paperNetworking();
  codes = [];
  const door = dockerDoor(networking, paperPorts(networking));
  call = async (method, said) => {
    const { code, output } = await door({
      args: [method],
      env: {},
      input: said === undefined ? '' : JSON.stringify(said),
    });
    codes.push(code);
    return JSON.parse(output);
  };
});

test('it is a driver of networks and of addresses', async () => {
  expect(await call('Plugin.Activate')).toEqual({ Implements: ['NetworkDriver', 'IpamDriver'] });
  expect(await call('NetworkDriver.GetCapabilities')).toMatchObject({ Scope: 'local' });
  expect(await call('IpamDriver.GetDefaultAddressSpaces')).toMatchObject({
    LocalDefaultAddressSpace: 'heddle',
  });
});

test('a method that there is not has a code of its own', async () => {
  for (const method of ['NetworkDriver.Later', '', 'constructor']) await call(method, {});
  expect(codes).toEqual([2, 2, 2]);
});

test('a network of Docker, from its subnet to its end', async () => {
  const { PoolID, Pool } = (await call('IpamDriver.RequestPool', { AddressSpace: 'heddle' })) as Record<
    string,
    string
  >;
  expect(PoolID).toBe(Pool);
  const other = (await call('IpamDriver.RequestPool', {})) as { Pool: string };
  expect(other.Pool).not.toBe(Pool);
  await call('IpamDriver.ReleasePool', { PoolID: other.Pool });
  const gateway = { PoolID, Address: '', Options: { RequestAddressType: 'com.docker.network.gateway' } };
  const { Address: router } = (await call('IpamDriver.RequestAddress', gateway)) as { Address: string };
  expect(router).toMatch(/\.1\/24$/);
  expect(await call('NetworkDriver.CreateNetwork', created({}, [{ Pool, Gateway: router }]))).toEqual({});
  const name = `docker.${id.slice(0, 12)}`;
  expect(await networking.networks.read(name)).toMatchObject({ options: { subnets: [{ subnet: Pool }] } });

  const { Address } = (await call('IpamDriver.RequestAddress', { PoolID })) as { Address: string };
  const Interface = { Address, AddressIPv6: '', MacAddress: '' };
  const made = await call('NetworkDriver.CreateEndpoint', { ...key, Interface, Options: {} });
  expect(made).toEqual({ Interface: { MacAddress: expect.stringMatching(/^02:/) } });
  expect(await networking.endpoints(name).list()).toMatchObject([
    { attachment: { kind: 'handed' }, labels: { 'docker.endpoint': key.EndpointID } },
  ]);
  expect(await call('NetworkDriver.Join', { ...key, SandboxKey: '/x', Options: {} })).toEqual({
    InterfaceName: { SrcName: expect.stringMatching(/^hi/), DstPrefix: 'eth' },
    Gateway: router.split('/')[0],
    GatewayIPv6: '',
    DisableGatewayService: true,
  });
  const portmap = [{ Proto: 6, IP: '', Port: 80, HostIP: '', HostPort: 8080, HostPortEnd: 8080 }];
  const Options = { 'com.docker.network.portmap': portmap };
  expect(await call('NetworkDriver.ProgramExternalConnectivity', { ...key, Options })).toEqual({});
  expect((await networking.endpoints(name).list())[0]?.options['ports']).toEqual([
    { port: 80, published: 8080, protocol: 'tcp' },
  ]);
  for (const method of ['RevokeExternalConnectivity', 'Leave', 'DeleteEndpoint', 'DeleteEndpoint'])
    expect(await call(`NetworkDriver.${method}`, key)).toEqual({});
  expect(await call('IpamDriver.ReleaseAddress', { PoolID, Address: Address.split('/')[0] })).toEqual({});
  expect(await networking.endpoints(name).list()).toEqual([]);
  expect(await call('NetworkDriver.DeleteNetwork', { NetworkID: id })).toEqual({});
  expect(await call('NetworkDriver.DeleteNetwork', { NetworkID: id })).toEqual({});
  expect(await networking.networks.list()).toEqual([]);
});

test('an address that no endpoint was made of is given back', async () => {
  await call('NetworkDriver.CreateNetwork', created({ network: 'lab' }));
  const { Address } = (await call('IpamDriver.RequestAddress', { PoolID: pool, Address: '10.9.0.7' })) as {
    Address: string;
  };
  expect(Address).toBe('10.9.0.7/24');
  expect(await call('IpamDriver.RequestAddress', { PoolID: pool, Address: '10.9.0.7' })).toMatchObject({
    Err: expect.stringContaining('ERR_NETWORK_POOL'),
    Error: expect.stringContaining('ERR_NETWORK_POOL'),
  });
  await call('IpamDriver.ReleaseAddress', { PoolID: pool, Address: '10.9.0.7' });
  expect(await networking.endpoints('lab').list()).toEqual([]);
});

test('an address that Docker reserved and forgot goes with its network', async () => {
  await call('NetworkDriver.CreateNetwork', created({ network: 'lab' }));
  await call('IpamDriver.RequestAddress', { PoolID: pool });
  expect(await call('NetworkDriver.DeleteNetwork', { NetworkID: id })).toEqual({});
  expect(await networking.networks.list()).toEqual([]);
});

test('one in a network that others are on goes when the last of Docker’s leaves it', async () => {
  const other = { ...created({ network: 'lab' }, nobodys), NetworkID: '3'.repeat(64) };
  await call('NetworkDriver.CreateNetwork', created({ network: 'lab' }));
  await call('NetworkDriver.CreateNetwork', other);
  await networking.endpoints('lab').create({ name: 'mine', attachment: { kind: 'tap' } });
  await call('IpamDriver.RequestAddress', { PoolID: pool });
  await call('NetworkDriver.DeleteNetwork', { NetworkID: other.NetworkID });
  expect(await networking.endpoints('lab').list()).toHaveLength(2);
  await call('NetworkDriver.DeleteNetwork', { NetworkID: id });
  expect(await networking.endpoints('lab').list()).toMatchObject([{ name: 'mine' }]);
});

test('an address that an endpoint was made of is the endpoint’s, and reserved no more', async () => {
  await call('NetworkDriver.CreateNetwork', created({ network: 'lab' }));
  const { Address } = (await call('IpamDriver.RequestAddress', { PoolID: pool })) as { Address: string };
  await call('NetworkDriver.CreateEndpoint', { ...key, Interface: { Address } });
  const kept = { 'docker.endpoint': key.EndpointID };
  expect((await networking.endpoints('lab').list()).map(({ labels }) => labels)).toEqual([kept]);
  await call('IpamDriver.ReleaseAddress', { PoolID: pool, Address: Address.split('/')[0] });
  await call('NetworkDriver.DeleteNetwork', { NetworkID: id });
  expect((await networking.endpoints('lab').list()).map(({ labels }) => labels)).toEqual([kept]);
});

test('both families of an endpoint are asked for one by one, and are of one', async () => {
  const v6 = 'fd00:9::/64';
  await call('NetworkDriver.CreateNetwork', {
    ...created({ network: 'lab' }),
    IPv6Data: [{ Pool: v6, Gateway: 'fd00:9::1/64' }],
  });
  const one = (await call('IpamDriver.RequestAddress', { PoolID: pool })) as { Address: string };
  const two = (await call('IpamDriver.RequestAddress', { PoolID: v6 })) as { Address: string };
  const Interface = { Address: one.Address, AddressIPv6: two.Address, MacAddress: '' };
  await call('NetworkDriver.CreateEndpoint', { ...key, Interface });
  expect(await networking.endpoints('lab').list()).toMatchObject([
    { options: { addresses: [one, two].map(({ Address }) => Address.split('/')[0]) } },
  ]);
});

test('a network that is there is joined, and stays when Docker leaves it', async () => {
  await networking.networks.create({
    name: 'lab',
    archetype: 'ip',
    options: { subnets: [{ subnet: pool }] },
  });
  expect(await call('NetworkDriver.CreateNetwork', created({ network: 'lab' }, nobodys))).toEqual({});
  const made = await call('NetworkDriver.CreateEndpoint', {
    ...key,
    Interface: {},
    Options: { name: 'web' },
  });
  expect(made).toEqual({ Interface: { Address: '10.9.0.2/24', MacAddress: expect.any(String) } });
  expect((await networking.endpoints('lab').list())[0]?.options['aliases']).toEqual(['web']);
  await call('NetworkDriver.DeleteEndpoint', key);
  expect(await call('NetworkDriver.DeleteNetwork', { NetworkID: id })).toEqual({});
  expect(await networking.networks.read('lab')).toMatchObject({ labels: {} });
});

test('an endpoint that Docker no longer waits for is removed behind its making', async () => {
  await call('NetworkDriver.CreateNetwork', created({ network: 'lab' }));
  const late = call('NetworkDriver.CreateEndpoint', { ...key, Interface: {} });
  expect(await call('NetworkDriver.DeleteEndpoint', key)).toEqual({});
  await late;
  expect(await networking.endpoints('lab').list()).toEqual([]);
});

test('one that Docker made stays where others are on it', async () => {
  await call('NetworkDriver.CreateNetwork', created({ network: 'lab' }));
  await networking.endpoints('lab').create({ name: 'mine', attachment: { kind: 'tap' } });
  expect(await call('NetworkDriver.DeleteNetwork', { NetworkID: id })).toEqual({});
  expect(await networking.networks.read('lab')).toMatchObject({ labels: {} });
});

test.each([
  [
    'addresses of another subnet',
    'NetworkDriver.CreateNetwork',
    created({ network: 'lab' }, [{ Pool: '10.8.0.0/24' }]),
  ],
  [
    'another archetype',
    'NetworkDriver.CreateNetwork',
    created({ network: 'lab', archetype: 'sdn' }, nobodys),
  ],
  [
    'auxiliary addresses',
    'NetworkDriver.CreateNetwork',
    created({}, [{ Pool: '10.7.0.0/24', AuxAddresses: { x: '10.7.0.9' } }]),
  ],
  ['an endpoint of no network', 'NetworkDriver.CreateEndpoint', key],
  ['an endpoint that is not there', 'NetworkDriver.Join', key],
  ['a range without a subnet', 'IpamDriver.RequestPool', { SubPool: pool }],
  ['a pool that is none', 'IpamDriver.RequestPool', { Pool: 'x' }],
  ['the pool of a network that is not there', 'IpamDriver.RequestPool', { Options: { network: 'none' } }],
  ['an address of no pool', 'IpamDriver.RequestAddress', { PoolID: '10.1.0.0/24' }],
  [
    'another gateway',
    'IpamDriver.RequestAddress',
    { PoolID: pool, Address: '10.9.0.9', Options: { RequestAddressType: 'com.docker.network.gateway' } },
  ],
])('%s is refused', async (_what, method, said) => {
  await networking.networks.create({
    name: 'lab',
    archetype: 'ip',
    options: { subnets: [{ subnet: pool }] },
  });
  expect(await call(method, said)).toMatchObject({ Err: expect.stringMatching(/^ERR_[A-Z_]+: /) });
});

test('a port is published at one of the host’s, at one of several, or at any, and stays there', async () => {
  await call('NetworkDriver.CreateNetwork', created({ network: 'lab' }));
  await networking.endpoints('lab').create({
    name: 'mine',
    attachment: { kind: 'tap' },
    options: { ports: [{ port: 80, published: 8080 }] },
  });
  await call('NetworkDriver.CreateEndpoint', { ...key, Interface: {} });
  const Options = {
    'com.docker.network.portmap': [
      { Proto: 132, Port: 79, HostPort: 8079, HostPortEnd: 8079 },
      { Proto: 6, Port: 80, HostPort: 8080, HostPortEnd: 8090 },
      { Proto: 17, Port: 81, HostPort: 0, HostPortEnd: 0 },
      { Proto: 6, Port: 82, HostPort: 0 },
    ],
  };
  for (let times = 0; times < 2; times++) {
    expect(await call('NetworkDriver.ProgramExternalConnectivity', { ...key, Options })).toEqual({});
    const all = await networking.endpoints('lab').list();
    expect(all.find(({ name }) => name !== 'mine')?.options['ports']).toEqual([
      { port: 79, published: 8079, protocol: 'sctp' },
      { port: 80, published: 8081, protocol: 'tcp' },
      { port: 81, published: 49_152, protocol: 'udp' },
      { port: 82, published: 49_152, protocol: 'tcp' },
    ]);
  }
});

test.each([
  [{ Proto: 1, Port: 80, HostPort: 8080 }],
  [{ Proto: 6, Port: 80, HostPort: 8080, HostPortEnd: 8080 }],
])('a port that cannot be published is refused: %j', async (binding) => {
  await call('NetworkDriver.CreateNetwork', created({ network: 'lab' }));
  const options = { ports: [{ port: 80, published: 8080 }] };
  await networking.endpoints('lab').create({ name: 'mine', attachment: { kind: 'tap' }, options });
  await call('NetworkDriver.CreateEndpoint', { ...key, Interface: {} });
  const Options = { 'com.docker.network.portmap': [binding] };
  expect(await call('NetworkDriver.ProgramExternalConnectivity', { ...key, Options })).toMatchObject({
    Err: expect.stringMatching(/port 80/),
  });
});
