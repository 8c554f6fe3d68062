import { copyFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CniRuntime, container, doorProgram, heddleLinks } from '../../support/cni.ts';
import { DockerHost } from '../../support/docker-host.ts';
import { makeNamespace, removeNamespaces } from '../../support/endpoints.ts';
import { installedCommand } from '../../support/installed.ts';
import { NewerPodman } from '../../support/newer-podman.ts';
import { startOvs } from '../../support/ovs.ts';
import { until } from '../../support/until.ts';

const image = 'localhost/heddle-test/tiny';
const lab = { cniVersion: '1.1.0', name: 'lab', type: 'heddle', archetype: 'ip' };

describe('one network through every door', () => {
  const host = new DockerHost();
  const enter = host.dockerd.inside('env');
  const socket = path.join(host.runDir, 'node.sock');
  const { plugins } = host.dockerd;
  let runtime: CniRuntime;
  let podman: NewerPodman;
  const inPodman = (...args: string[]) => podman.podman({ HEDDLE_SOCKET: socket }, ...args);
  const docker = (...args: string[]) => host.run('docker', args);
  const startNode = async () => {
    host.launch(...host.dockerd.inside(installedCommand, 'node', '--engine', 'docker'));
    await until('the node answers', async () => (await host.nodePid()) > 0);
  };
  const pings = async (from: string[], to: string) =>
    (await host.run(from[0] ?? '', [...from.slice(1), 'ping', '-c', '2', '-i', '0.1', '-W', '2', to]))
      .code === 0;

  beforeAll(async () => {
    await host.dockerd.start();
    host.dockerd.load([image]);
    host.env['HEDDLE_DOCKER_PLUGIN'] = `${plugins}/heddle.sock`;
    await startNode();
    makeNamespace('door-cni');
    runtime = new CniRuntime(path.join(host.folder, 'cni'), socket, enter);
    podman = new NewerPodman(path.join(host.folder, 'podman'), enter);
    copyFileSync(doorProgram, `${podman.plugins}/heddle`);
  });
  afterAll(async () => {
    inPodman('rm', '--all', '--force', '--time', '0');
    removeNamespaces();
    await host.remove();
  });

  test('is made by one, and joined by the others', async () => {
    expect(runtime.call('ADD', lab, container('plain', 'door-cni')).code).toBe(0);
    expect(await host.ok('net', 'ls')).toMatch(/lab\s+ip/);
    host.docker('network', 'create', '-d', 'heddle', '--ipam-driver', 'null', '-o', 'network=lab', 'lab');
    const ports = ['-p', '18231:80', '-p', '18231-18239:80', '-p', '80', '-p', '90:90/sctp'];
    host.docker('run', '-d', '--name', 'whale', '--network', 'lab', ...ports, image);
    inPodman('network', 'create', '--driver', 'heddle', 'lab');
    inPodman('run', '-d', '--name', 'seal', '--network', 'lab', '--cap-add', 'NET_RAW', image);
    const endpoints = await host.json<{ options: { addresses: string[] } }[]>('endpoint', 'ls', 'lab');
    const addresses = endpoints.flatMap(({ options }) => options.addresses);
    expect(new Set(addresses).size).toBe(3);
    const ways = {
      cni: ['ip', 'netns', 'exec', 'door-cni'],
      docker: ['docker', 'exec', 'whale'],
    };
    for (const way of Object.values(ways))
      for (const address of addresses) expect(await pings(way, address)).toBe(true);
    for (const address of addresses)
      expect(inPodman('exec', 'seal', 'ping', '-c1', '-W2', address)).toContain('1 received');
    expect(await host.ok('endpoint', 'ls', 'lab')).toContain('90->90/sctp');
    for (const port of [18_231, 18_232, 49_152])
      expect((await host.run('curl', ['-s', '-m', '5', `http://127.0.0.1:${port}/`])).stdout).toBe('hello\n');
  });

  test('is left by each, and stays the others’', async () => {
    host.docker('rm', '-f', 'whale');
    inPodman('rm', '--force', '--time', '0', 'seal');
    host.docker('network', 'rm', 'lab');
    inPodman('network', 'rm', 'lab');
    expect(await host.ok('endpoint', 'ls', 'lab')).toContain('plain.eth0');
    runtime.call('DEL', lab, container('plain', 'door-cni'));
    await host.ok('net', 'rm', 'lab');
    expect(heddleLinks(enter)).toEqual([]);
  });

  test('is Docker’s own, with addresses of Heddle’s, until Docker removes it', async () => {
    host.docker('network', 'create', '-d', 'heddle', '--ipam-driver', 'heddle', '-o', 'network=own', 'own');
    host.docker('run', '-d', '--name', 'one', '--network', 'own', image);
    host.docker('run', '-d', '--name', 'two', '--network', 'own', image);
    expect(await pings(['docker', 'exec', 'one'], 'two')).toBe(true);
    host.docker('restart', '-t', '0', 'two');
    expect(await pings(['docker', 'exec', 'one'], 'two')).toBe(true);
    const address = host.docker(
      'inspect',
      '--format',
      '{{(index .NetworkSettings.Networks "own").IPAddress}}',
      'two',
    );
    const row = (await host.ok('endpoint', 'ls', 'own')).split('\n').find((line) => line.includes(address));
    expect(row).toContain('docker.');
    host.docker('rm', '-f', 'one', 'two');
    expect(JSON.parse(await host.ok('endpoint', 'ls', 'own', '--format', 'json'))).toEqual([]);
    host.docker('network', 'rm', 'own');
    expect(await host.ok('net', 'ls', '-q')).toBe('');
  });

  test('is one of another archetype', async () => {
    const ovs = await startOvs(undefined, host.dockerd.namespace);
    host.docker(
      'network',
      'create',
      '-d',
      'heddle',
      '--ipam-driver',
      'heddle',
      '-o',
      'archetype=sdn',
      'soft',
    );
    host.docker('run', '-d', '--name', 'four', '--network', 'soft', image);
    host.docker('run', '-d', '--name', 'five', '--network', 'soft', image);
    expect(await pings(['docker', 'exec', 'four'], 'five')).toBe(true);
    expect(await host.ok('net', 'ls')).toMatch(/docker\.[0-9a-f]{12}\s+sdn/);
    host.docker('rm', '-f', 'four', 'five');
    host.docker('network', 'rm', 'soft');
    expect(await host.ok('net', 'ls', '-q')).toBe('');
    await ovs.stop();
  });

  test('is refused at once while the node is away, and there again with it', async () => {
    host.docker('network', 'create', '-d', 'heddle', '--ipam-driver', 'heddle', 'kept');
    host.docker('run', '-d', '--name', 'three', '--network', 'kept', image);
    await host.killNode();
    const { code, stderr } = await docker('run', '--rm', '--network', 'kept', image, 'true');
    expect({ code, stderr }).toMatchObject({
      code: 125,
      stderr: expect.stringContaining('node does not answer'),
    });
    host.docker('ps');
    await startNode();
    expect(
      await docker('run', '--rm', '--network', 'kept', image, 'ping', '-c1', '-W2', 'three'),
    ).toMatchObject({ code: 0 });
    host.docker('rm', '-f', 'three');
    host.docker('network', 'rm', 'kept');
    await until('nothing is left', () => heddleLinks(enter).length === 0);
  });
});
