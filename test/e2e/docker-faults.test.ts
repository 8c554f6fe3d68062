import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { NodeClient } from '../../src/api/client.ts';
import type { ContainerStatus } from '../../src/api/messages.ts';
import type { DeploymentSpec } from '../../src/selector/spec.ts';
import { DockerHost } from '../support/docker-host.ts';
import { follow } from '../support/follow.ts';
import { full } from '../support/full.ts';
import { sample } from '../support/sample.ts';
import { tiny } from '../support/tiny.ts';
import { until } from '../support/until.ts';

const text = `
services:
  web: { ${tiny}, init: true, restart: always, networks: [inside, outside], depends_on: [db], x-heddle: { manage: { flows: true } } }
  db: { ${tiny}, init: true, restart: always, networks: [inside], volumes: ["data:/data"], x-heddle: { manage: { firewall: { ingress: [{ ports: ["80/tcp"], from: [web] }] } } } }
networks: { inside: {}, outside: {} }
volumes: { data: {} }
`;
/** How many places the node is killed at; the same ones for the same seed. */
const kills = full ? Number.POSITIVE_INFINITY : 3;
const seed = Number(process.env['HEDDLE_TEST_SEED'] ?? Date.now() % 100_000);

describe('on Docker', () => {
  const host = new DockerHost();
  const project = host.project('dkfault', text);
  let spec: DeploymentSpec;
  let whole: string[];
  const client = () => new NodeClient(`${host.runDir}/node.sock`);
  const names = async () =>
    (await host.json<ContainerStatus[]>('ps', '--all', ...project))
      .map(({ name, state }) => `${name} ${state}`)
      .sort();

  beforeAll(async () => {
    await host.prepare('dkfault', text);
    spec = await host.json<DeploymentSpec>('spec', ...project);
    await host.ok('up', ...project);
    whole = await names();
    await host.ok('down', ...project, '--volumes');
  });
  afterAll(() => host.remove());

  test('a project that Compose runs is refused, and left alone', async () => {
    const labels = ['com.docker.compose.project=dkforeign', 'com.docker.compose.service=web'];
    const id = host.docker(
      ...['run', '--detach', '--init', '--name', 'dkforeign_web_1'],
      ...labels.flatMap((label) => ['--label', label]),
      ...['localhost/heddle-test/tiny'],
    );
    const foreign = host.project('dkforeign', `services: { web: { ${tiny} } }`);
    for (const command of ['plan', 'up']) {
      const { code, stderr } = await host.heddle(command, ...foreign);
      expect(code, command).toBe(1);
      expect(stderr, command).toContain('ERR_PROJECT_FOREIGN');
      expect(stderr, command).toContain('container dkforeign_web_1');
    }
    const down = await host.heddle('down', ...foreign);
    expect(down.code).toBe(1);
    expect(down.stderr).toContain('ERR_PROJECT_UNKNOWN');
    expect(host.docker('ps', '--quiet', '--no-trunc')).toBe(id);
    host.docker('rm', '--force', id);
  });

  test(`kill -9 of the node after a step of up: the same up ends in the same state (seed ${seed})`, async () => {
    const total = (await client().plan({ spec })).steps.length;
    for (const step of sample(seed, kills, total - 1)) {
      const pid = await host.nodePid();
      await follow(client().up({ spec }), step, () => process.kill(pid, 'SIGKILL'));
      await host.ok('up', ...project);
      expect(await names(), `killed after step ${step} of ${total}`).toEqual(whole);
      expect(await host.json('plan', ...project), `killed after step ${step}`).toEqual([]);
      await host.ok('down', ...project, '--volumes');
      expect(host.leftovers('dkfault'), `killed after step ${step}`).toEqual([]);
    }
  });

  test(`kill -9 of the node after a step of down: the same down leaves nothing (seed ${seed})`, async () => {
    for (const step of sample(seed, kills, whole.length)) {
      await host.ok('up', ...project);
      const pid = await host.nodePid();
      await follow(client().down('dkfault', true), step, () => process.kill(pid, 'SIGKILL'));
      await host.heddle('down', ...project, '--volumes');
      expect(host.leftovers('dkfault'), `killed after step ${step}`).toEqual([]);
    }
  });

  test('an engine that goes away in the middle of up is named; with it back, the same up ends well', async () => {
    const interrupted = host.heddle('up', ...project);
    await until('the first sandbox is there', () => host.docker('ps', '--quiet') !== '');
    await host.dockerd.stop();
    const { code, stderr } = await interrupted;
    expect(code).toBe(1);
    expect(stderr).toContain('ERR_ENGINE_GONE');
    expect(stderr).toContain('Start the engine and run the same command again');
    expect((await host.heddle('up', ...project)).stderr).toContain('ERR_ENGINE_GONE');
    await host.dockerd.start();
    await host.ok('up', ...project);
    expect(await names()).toEqual(whole);
  });

  test('after a restart of the engine, as after a reboot, everything comes back by itself', async () => {
    await host.dockerd.stop();
    await host.dockerd.start();
    await until('everything runs again', async () => (await names()).join() === whole.join(), 60_000);
    await until('web reaches db', async () => {
      const { code } = await host.run('docker', ['exec', 'dkfault-web-1', 'nc', '-z', '-w', '1', 'db', '80']);
      return code === 0;
    });
    await host.ok('down', ...project, '--volumes');
    expect(host.leftovers('dkfault')).toEqual([]);
  });
});
