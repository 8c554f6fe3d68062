import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { DockerHost } from '../../support/docker-host.ts';
import { full } from '../../support/full.ts';
import { KillMatrix } from '../../support/kill-matrix.ts';
import { sample } from '../../support/sample.ts';
import { tiny } from '../../support/tiny.ts';
import { until } from '../../support/until.ts';

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
  const matrix = new KillMatrix(host, 'dkfault', text);
  const { project } = matrix;

  beforeAll(async () => {
    await host.prepare('dkfault', text);
    await matrix.prepare();
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
    expect(down).toMatchObject({ code: 0, stderr: 'there is nothing of dkforeign to remove\n' });
    expect(host.docker('ps', '--quiet', '--no-trunc')).toBe(id);
    host.docker('rm', '--force', id);
  });

  test(`kill -9 of the node after a step of up or of down: the same ends as ever (seed ${seed})`, async () => {
    await matrix.rounds(sample(seed, kills, matrix.steps.up - 1), sample(seed, kills, matrix.steps.down));
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
    expect(await matrix.containers()).toEqual(matrix.whole);
  });

  test('after a restart of the engine, as after a reboot, everything comes back by itself', async () => {
    await host.dockerd.stop();
    await host.dockerd.start();
    const containers = async () => (await matrix.containers()).join();
    await until('everything runs again', async () => (await containers()) === matrix.whole.join());
    await until('web reaches db', async () => {
      const { code } = await host.run('docker', ['exec', 'dkfault-web-1', 'nc', '-z', '-w', '1', 'db', '80']);
      return code === 0;
    });
    await host.ok('down', ...project, '--volumes');
    expect(host.leftovers('dkfault')).toEqual([]);
  });
});
