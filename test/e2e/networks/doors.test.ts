import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Endpoint } from '../../../src/networks/standard/endpoint.ts';
import { CniRuntime, container, doorProgram, heddleLinks } from '../../support/cni.ts';
import { answered, makeNamespace, reaches, removeNamespaces } from '../../support/endpoints.ts';
import { TestHost } from '../../support/host.ts';
import { Networks } from '../../support/networks.ts';
import { NewerPodman } from '../../support/newer-podman.ts';
import { until } from '../../support/until.ts';

const lab = { cniVersion: '1.1.0', name: 'lab', type: 'heddle' };
const made = { ...lab, archetype: 'ip', options: { subnets: [{ subnet: '10.97.1.0/24' }] } };
/** Debian's plugins are of 1.0.0. */
const chain = [
  {
    ...lab,
    cniVersion: '1.0.0',
    runtimeConfig: { portMappings: [{ hostPort: 18221, containerPort: 80, protocol: 'tcp' }] },
  },
  { cniVersion: '1.0.0', name: 'lab', type: 'tuning', mac: '02:00:00:00:97:03' },
  { cniVersion: '1.0.0', name: 'lab', type: 'bandwidth', egressRate: 8_000_000, egressBurst: 8_000_000 },
];

describe('the doors onto networks', () => {
  const host = new TestHost();
  const socket = path.join(host.runDir, 'node.sock');
  let runtime: CniRuntime;
  let podman: NewerPodman;
  const endpoints = () => host.json<Endpoint[]>('endpoint', 'ls', 'lab');

  beforeAll(async () => {
    for (const name of ['cni-a', 'cni-b', 'cni-c']) makeNamespace(name);
    runtime = new CniRuntime(path.join(host.folder, 'cni'), socket);
    podman = new NewerPodman(path.join(host.folder, 'podman'), ['env', []]);
    expect(await host.ok('door', 'open', 'podman', '--folder', podman.plugins)).toBe(
      `${podman.plugins}/heddle\n`,
    );
  });
  afterAll(async () => {
    podman.podman({ HEDDLE_SOCKET: socket }, 'rm', '--all', '--force', '--time', '0');
    removeNamespaces();
    await host.remove();
  });

  test('say that the node is not there, in their own words', () => {
    expect(runtime.call('ADD', made, container('a', 'cni-a'))).toMatchObject({
      code: 1,
      said: { cniVersion: '1.1.0', code: 11, msg: expect.stringContaining(socket) },
    });
    expect(runtime.call('STATUS', lab)).toMatchObject({ code: 1, said: { code: 50 } });
    const { status, stdout } = spawnSync(doorProgram, ['create'], {
      input: '{}',
      env: { HEDDLE_SOCKET: socket },
      encoding: 'utf8',
    });
    expect([status, JSON.parse(stdout)]).toEqual([1, { error: expect.stringContaining(socket) }]);
  });

  test('make a network for the first container, and find it for the next', async () => {
    host.start('node');
    await until('the node answers', async () => (await host.nodePid()) > 0);
    expect(runtime.call('ADD', lab, container('a', 'cni-a'))).toMatchObject({ code: 1, said: { code: 7 } });
    const first = runtime.call('ADD', made, container('a', 'cni-a'));
    expect(first).toMatchObject({
      code: 0,
      said: {
        cniVersion: '1.1.0',
        interfaces: [{}, { name: 'eth0', sandbox: '/run/netns/cni-a' }],
        ips: [{ address: '10.97.1.2/24', gateway: '10.97.1.1', interface: 1 }],
        routes: [{ dst: '0.0.0.0/0', gw: '10.97.1.1' }],
        dns: { nameservers: ['10.97.1.1'] },
      },
    });
    expect(runtime.call('ADD', made, container('a', 'cni-a'))).toEqual(first);
    expect(runtime.call('ADD', lab, container('b', 'cni-b')).code).toBe(0);
    expect(await answered('cni-a', '10.97.1.3')).toBe(3);
    expect(await host.ok('net', 'ls')).toMatch(/lab\s+ip/);
    expect(runtime.call('CHECK', { ...lab, prevResult: first.said }, container('a', 'cni-a'))).toEqual({
      code: 0,
    });
  });

  test('say what a container has lost', () => {
    const prevResult = runtime.call('ADD', lab, container('b', 'cni-b')).said;
    execFileSync('ip', ['-n', 'cni-b', 'address', 'flush', 'dev', 'eth0']);
    expect(runtime.call('CHECK', { ...lab, prevResult }, container('b', 'cni-b'))).toMatchObject({
      code: 1,
      said: { code: 104, msg: expect.stringContaining('10.97.1.3/24') },
    });
  });

  test('publish what is asked for, and no more what was before', () => {
    const published = (ports: number[]) => {
      const portMappings = ports.map((hostPort) => ({ hostPort, containerPort: 80, protocol: 'tcp' }));
      expect(
        runtime.call('ADD', { ...lab, runtimeConfig: { portMappings } }, container('b', 'cni-b')).code,
      ).toBe(0);
      const map = execFileSync('nft', ['list', 'map', 'inet', 'heddle_ip', 'ports4'], { encoding: 'utf8' });
      return [...map.matchAll(/tcp \. (\d+)/g)].map(([, port]) => Number(port)).sort();
    };
    expect(published([18223, 18224])).toEqual([18223, 18224]);
    expect(published([18224])).toEqual([18224]);
    expect(published([])).toEqual([]);
  });

  test('refuse what is no namespace of a container, and leave nothing of it', async () => {
    const odd = {
      '/etc/passwd': /CNI_NETNS: .*no namespace/,
      '/proc/1/ns/mnt': /CNI_NETNS: .*another kind: mnt/,
      '/proc/self/ns/net': /the host’s own/,
      '/run/netns/../../proc/1/ns/net': /the host’s own/,
    };
    for (const [CNI_NETNS, why] of Object.entries(odd))
      expect(runtime.call('ADD', lab, { ...container('odd', ''), CNI_NETNS }), CNI_NETNS).toMatchObject({
        code: 1,
        said: { msg: expect.stringMatching(why) },
      });
    expect((await endpoints()).map(({ name }) => name)).toEqual(['a.eth0', 'b.eth0']);
  });

  test('leave nothing of a container whose plugin was killed while it was added', async () => {
    const of = { ...container('cut', 'cni-c'), CNI_COMMAND: 'ADD', HEDDLE_SOCKET: socket };
    for (const wait of [0, 3, 10, 40]) {
      const plugin = spawn(doorProgram, [], { env: of, stdio: ['pipe', 'ignore', 'ignore'] });
      const ended = once(plugin, 'exit');
      plugin.stdin.on('error', () => {}).end(JSON.stringify(lab));
      await setTimeout(wait);
      plugin.kill('SIGKILL');
      await ended;
      expect(runtime.call('DEL', lab, container('cut', 'cni-c'))).toEqual({ code: 0 });
      expect((await endpoints()).map(({ name }) => name)).toEqual(['a.eth0', 'b.eth0']);
    }
  });

  test('stand in a chain with other plugins', async () => {
    const of = container('c', 'cni-c');
    const { code, said } = runtime.add(chain, of);
    expect({ code, said }).toMatchObject({
      code: 0,
      said: { ips: [{ address: '10.97.1.4/24' }], interfaces: [{}, { mac: '02:00:00:00:97:03' }, {}] },
    });
    expect(await answered('cni-c', '10.97.1.2')).toBe(3);
    expect((await endpoints()).find(({ name }) => name === 'c.eth0')?.options['ports']).toMatchObject([
      { published: 18221, port: 80 },
    ]);
    expect(runtime.all('CHECK', chain, of, said).map((one) => one.code)).toEqual([0, 0, 0]);
    expect(runtime.all('DEL', chain, of, said).map((one) => one.code)).toEqual([0, 0, 0]);
    expect(await reaches('cni-c', '10.97.1.2')).toBe(false);
  });

  test('give Podman the same network', async () => {
    const run = (...args: string[]) => podman.podman({ HEDDLE_SOCKET: socket }, ...args);
    run('network', 'create', '--driver', 'heddle', 'lab');
    expect(JSON.parse(run('network', 'inspect', 'lab'))).toMatchObject([
      { driver: 'heddle', subnets: [{ subnet: '10.97.1.0/24', gateway: '10.97.1.1' }] },
    ]);
    run(
      ...['run', '--detach', '--name', 'pod', '--network', 'lab', '--ip', '10.97.1.77', '-p', '18222:80'],
      ...['--cap-add', 'NET_RAW', '--stop-timeout', '0', 'localhost/heddle-test/tiny'],
    );
    expect(await answered('cni-a', '10.97.1.77')).toBe(3);
    expect(run('exec', 'pod', 'ping', '-c', '1', '-W', '2', 'a')).toContain('1 received');
    await until('it serves', () => {
      const ask = ['-sS', '-m', '5', 'http://127.0.0.1:18222/'];
      return execFileSync('curl', ask, { encoding: 'utf8' }) === 'hello\n';
    });
    run('restart', 'pod');
    expect(await answered('cni-a', '10.97.1.77')).toBe(3);
    run('rm', '--force', 'pod');
    run('network', 'rm', 'lab');
    expect((await endpoints()).map(({ name }) => name)).toEqual(['a.eth0', 'b.eth0']);
  });

  test('remove what no container has any more, and of that only their own', async () => {
    execFileSync('ip', ['netns', 'add', 'cni-d']);
    await host.ok('endpoint', 'create', 'lab', 'mine', '--namespace', 'cni-d');
    const valid = [{ containerID: 'a', ifname: 'eth0' }];
    expect(
      runtime.call('GC', { ...lab, name: 'other', network: 'lab', 'cni.dev/valid-attachments': [] }).code,
    ).toBe(0);
    expect(await endpoints()).toHaveLength(3);
    expect(runtime.call('GC', { ...lab, 'cni.dev/valid-attachments': valid }).code).toBe(0);
    expect((await endpoints()).map(({ name }) => name)).toEqual(['a.eth0', 'mine']);
    await host.ok('endpoint', 'rm', 'lab', 'mine');
    execFileSync('ip', ['netns', 'del', 'cni-d']);
  });

  test('take away what was and what never was, and leave nothing', async () => {
    const { CNI_NETNS: _, ...gone } = container('a', 'cni-a');
    for (const of of [gone, gone, container('never', 'nowhere')])
      expect(runtime.call('DEL', lab, of)).toEqual({ code: 0 });
    await host.ok('net', 'rm', 'lab');
    expect(runtime.call('DEL', lab, gone)).toEqual({ code: 0 });
    expect(heddleLinks()).toEqual([]);
  });
});

test('an interface that somebody else moves is where they moved it, and there again when they lose it', async () => {
  const networks = new Networks('/run/heddle-test/handed');
  await networks.start();
  await networks.tell({
    network: { name: 'lab', archetype: 'linux', options: { addresses: ['10.97.3.1/24'] } },
  });
  const wish = { name: 'moved', attachment: { kind: 'handed' } } as const;
  const { status, mac } = await networks.tell({ endpoint: wish, of: 'lab', archetype: 'linux' });
  const waiting = String(status?.observed['interface']);
  const ip = (...args: string[]) => execFileSync('ip', args, { encoding: 'utf8' });
  expect(ip('address', 'show', 'dev', waiting)).toContain(mac);
  expect(ip('address', 'show', 'dev', waiting)).not.toMatch(/inet|[<,]UP/);
  makeNamespace('engine');
  ip('link', 'set', waiting, 'netns', 'engine', 'name', 'eth7');
  ip('-n', 'engine', 'address', 'add', '10.97.3.2/24', 'dev', 'eth7');
  ip('-n', 'engine', 'link', 'set', 'eth7', 'up');
  await networks.tell({ look: true });
  expect(await answered('engine', '10.97.3.1')).toBe(3);
  expect(heddleLinks()).not.toContain(waiting);
  removeNamespaces();
  await until('it went with its namespace', () => heddleLinks().length === 1);
  await networks.tell({ look: true });
  expect(heddleLinks()).toContain(waiting);
  await networks.tell({ remove: 'moved', of: 'lab', archetype: 'linux' });
  await networks.tell({ remove: 'lab', archetype: 'linux' });
  expect(heddleLinks()).toEqual([]);
  await networks.kill();
});
