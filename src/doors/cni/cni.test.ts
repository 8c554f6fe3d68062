import { beforeEach, describe, expect, test } from 'vitest';
import { paperNetworking } from '../../../test/support/paper-networking.ts';
import type { NetworkingService } from '../../networks/standard/networking-service.ts';
import { cniDoor } from './cni.ts';

const lab = {
  cniVersion: '1.1.0',
  name: 'lab',
  type: 'heddle',
  archetype: 'ip',
  options: { subnets: [{ subnet: '10.9.0.0/24' }] },
};

let networking: NetworkingService;
let call: (
  command: string,
  conf: object | string,
  container?: string,
  env?: object,
) => Promise<{ code: number; said: unknown }>;

beforeEach(() => {
  networking = paperNetworking();
  const door = cniDoor(networking, 'here');
  call = async (command, conf, container = 'c1', env = {}) => {
    const { code, output } = await door({
      args: [],
      env: {
        CNI_COMMAND: command,
        CNI_CONTAINERID: container,
        CNI_NETNS: '/proc/self/ns/net',
        CNI_IFNAME: 'eth0',
        ...env,
      },
      input: typeof conf === 'string' ? conf : JSON.stringify(conf),
    });
    return { code, said: output === '' ? undefined : JSON.parse(output) };
  };
});

describe('ADD', () => {
  test('gives what the specification has of a result', async () => {
    const { said } = await call('ADD', lab);
    expect(said).toEqual({
      cniVersion: '1.1.0',
      interfaces: [
        { name: expect.stringMatching(/^hp/) },
        { name: 'eth0', mac: expect.stringMatching(/^02:/), sandbox: '/proc/self/ns/net' },
      ],
      ips: [{ address: '10.9.0.2/24', gateway: '10.9.0.1', interface: 1 }],
      routes: [{ dst: '0.0.0.0/0', gw: '10.9.0.1' }],
      dns: { nameservers: ['10.9.0.1'] },
    });
  });

  test('names the family of an address in 0.4.0, where that is asked for', async () => {
    const { said } = await call('ADD', { ...lab, cniVersion: '0.4.0', options: { ipv6: true } });
    expect(said).toMatchObject({
      ips: [{ version: '4' }, { version: '6' }],
      routes: [{ dst: '0.0.0.0/0' }, { dst: '::/0' }],
    });
  });

  test('stands behind what plugins before it have given', async () => {
    const prevResult = {
      cniVersion: '1.1.0',
      interfaces: [{ name: 'lo', sandbox: '/x', mtu: 65_536 }],
      ips: [{ address: '127.0.0.1/8', interface: 0 }],
      routes: [{ dst: '10.0.0.0/8' }],
      dns: { nameservers: ['9.9.9.9'], domain: 'shop' },
    };
    const { said } = await call('ADD', { ...lab, prevResult });
    expect(said).toMatchObject({
      interfaces: [prevResult.interfaces[0], {}, { name: 'eth0' }],
      ips: [{ interface: 0 }, { address: '10.9.0.2/24', interface: 2 }],
      routes: [{ dst: '10.0.0.0/8' }, { gw: '10.9.0.1' }],
      dns: { nameservers: ['9.9.9.9', '10.9.0.1'], domain: 'shop' },
    });
  });

  test('takes addresses, ports and names from the runtime', async () => {
    const runtimeConfig = {
      ips: ['10.9.0.50/24'],
      mac: '02:00:00:00:00:0A',
      aliases: ['db'],
      portMappings: [
        { hostPort: 8080, containerPort: 80, protocol: 'TCP', hostIP: '0.0.0.0' },
        { hostPort: 0, containerPort: 81 },
      ],
    };
    await call('ADD', { ...lab, runtimeConfig }, 'c1', { CNI_ARGS: 'IgnoreUnknown=1;K8S_POD_NAME=web' });
    expect(await networking.endpoints('lab').read('c1.eth0')).toMatchObject({
      mac: '02:00:00:00:00:0a',
      labels: { 'cni.network': 'lab', 'cni.container': 'c1', 'cni.interface': 'eth0' },
      options: {
        addresses: ['10.9.0.50'],
        aliases: ['c1', 'web', 'db'],
        ports: [{ port: 80, published: 8080, protocol: 'tcp' }],
      },
    });
  });

  test('gives the same again, and a container that moved what it had', async () => {
    const first = await call('ADD', lab);
    expect(await call('ADD', lab)).toEqual(first);
    const moved = await call('ADD', lab, 'c1', { CNI_NETNS: `/proc/${process.pid}/ns/net` });
    expect(moved.said).toMatchObject({ ips: [{ address: '10.9.0.2/24' }] });
  });

  test('joins a network that is there, and says where there is none', async () => {
    const { archetype: _, ...there } = lab;
    expect(await call('ADD', there)).toMatchObject({ code: 1, said: { code: 7 } });
    await networking.networks.create({ name: 'lab', archetype: 'ip' });
    expect(await call('ADD', { ...there, name: 'other', network: 'lab' })).toMatchObject({ code: 0 });
    expect(await call('ADD', { ...lab, archetype: 'sdn' }, 'c2')).toMatchObject({
      code: 1,
      said: { code: 7 },
    });
  });

  test('leaves an endpoint of somebody else alone', async () => {
    await networking.networks.create({ name: 'lab', archetype: 'ip' });
    await networking.endpoints('lab').create({ name: 'c1.eth0', attachment: { kind: 'tap' } });
    expect(await call('ADD', lab)).toMatchObject({ code: 1, said: { code: 103 } });
    expect(await call('DEL', lab)).toEqual({ code: 0 });
    expect(await networking.endpoints('lab').list()).toHaveLength(1);
  });
});

test.each([
  ['another version', { ...lab, cniVersion: '9.0.0' }, {}, 1],
  ['no version', { name: 'lab' }, {}, 1],
  ['no JSON', '{', {}, 6],
  ['a list', '[]', {}, 6],
  ['no name', { cniVersion: '1.0.0' }, {}, 7],
  ['an archetype that there is not', { ...lab, archetype: 'xyz' }, {}, 7],
  ['an option that there is not', { ...lab, options: { color: 'red' } }, {}, 7],
  ['an address of another subnet', { ...lab, runtimeConfig: { ips: ['10.8.0.1'] } }, {}, 7],
  ['the address of the gateway', { ...lab, runtimeConfig: { ips: ['10.9.0.1'] } }, {}, 101],
  ['no command', lab, { CNI_COMMAND: '' }, 4],
  ['no container', lab, { CNI_CONTAINERID: '' }, 4],
  ['an interface of a long name', lab, { CNI_IFNAME: 'x'.repeat(16) }, 4],
  ['no namespace', lab, { CNI_NETNS: '' }, 4],
  ['a namespace that is not there', lab, { CNI_NETNS: '/nowhere' }, 4],
  ['a path that is none', lab, { CNI_NETNS: '"; reboot' }, 4],
  ['what is no namespace', lab, { CNI_NETNS: '/etc/passwd' }, 4],
  ['a namespace of another kind', lab, { CNI_NETNS: '/proc/self/ns/mnt' }, 4],
  ['what is above a namespace', lab, { CNI_NETNS: '/proc/self/ns/../..' }, 4],
  ['a container whose id is a path', lab, { CNI_CONTAINERID: 'a/b' }, 4],
  ['a container whose id leads up', lab, { CNI_CONTAINERID: '..' }, 4],
  ['an interface that is a path', lab, { CNI_IFNAME: '../eth0' }, 4],
  ['odd arguments', lab, { CNI_ARGS: 'x' }, 4],
])('%s is refused by its code', async (_what, conf, env, expected) => {
  const { code, said } = await call('ADD', conf, 'c1', env);
  expect({ code, said }).toMatchObject({
    code: 1,
    said: { code: expected, cniVersion: expect.any(String), msg: expect.any(String) },
  });
});

test('DEL of what never was is as wished, with and without a namespace', async () => {
  expect(await call('DEL', lab)).toEqual({ code: 0 });
  await call('ADD', lab);
  expect(await call('DEL', lab, 'c1', { CNI_NETNS: '' })).toEqual({ code: 0 });
  expect(await call('DEL', lab)).toEqual({ code: 0 });
  expect(await networking.endpoints('lab').list()).toEqual([]);
});

test('what a runtime asks for of one container is done in the order in which it asks', async () => {
  const [one, other] = await Promise.all([call('ADD', lab), call('ADD', lab)]);
  expect(other).toEqual(one);
  expect(await networking.endpoints('lab').list()).toHaveLength(1);
  // Its plugin was killed while the container was added.
  const cut = call('ADD', lab, 'c2');
  expect(await call('DEL', lab, 'c2')).toEqual({ code: 0 });
  await cut;
  expect(await networking.endpoints('lab').list()).toHaveLength(1);
});

test('GC takes its own, and of these what nobody has', async () => {
  for (const name of ['c1', 'c2', 'c3']) await call('ADD', lab, name);
  await call('ADD', { ...lab, name: 'other', network: 'lab' }, 'c4');
  await networking.endpoints('lab').create({ name: 'mine', attachment: { kind: 'tap' } });
  expect(await call('GC', lab)).toMatchObject({ code: 1, said: { code: 7 } });
  const valid = [{ containerID: 'c2', ifname: 'eth0' }];
  expect(await call('GC', { ...lab, 'cni.dev/valid-attachments': valid })).toEqual({ code: 0 });
  const names = (await networking.endpoints('lab').list()).map(({ name }) => name);
  expect(names.sort()).toEqual(['c2.eth0', 'c4.eth0', 'mine']);
});

test('STATUS says whether a container could be added', async () => {
  expect(await call('STATUS', lab)).toEqual({ code: 0 });
  const { archetype: _, ...there } = lab;
  expect(await call('STATUS', there)).toMatchObject({ code: 1, said: { code: 50 } });
});

test('VERSION says which there are', async () => {
  expect(await call('VERSION', { cniVersion: '1.0.0' })).toEqual({
    code: 0,
    said: { cniVersion: '1.0.0', supportedVersions: ['0.4.0', '1.0.0', '1.1.0'] },
  });
});
