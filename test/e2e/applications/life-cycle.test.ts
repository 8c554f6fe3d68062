import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { ContainerStatus } from '../../../src/api/messages.ts';
import { TestHost } from '../../support/host.ts';
import { tiny } from '../../support/tiny.ts';
import { until } from '../../support/until.ts';

const host = new TestHost();
afterAll(() => host.remove());
const service = (name: string, settings = '') =>
  `  ${name}: { ${tiny}, init: true, stop_grace_period: 1s, command: [sleep, "1000"]${settings && `, ${settings}`} }\n`;
const within = (container: string, ...command: string[]) => host.podman('exec', container, ...command);
const running = async (project: readonly string[]) =>
  (await host.json<ContainerStatus[]>('ps', ...project))
    .filter(({ state }) => state === 'running')
    .map(({ name }) => name);

describe('what a service keeps', () => {
  test('an anonymous volume outlives the container, until it is renewed or goes with down -v', async () => {
    const file = (tune: string) =>
      host.project(
        'lcanon',
        `services:\n${service('db', `volumes: [/data], environment: { TUNE: "${tune}" }`)}`,
      );
    await host.ok('up', ...file('1'));
    within('lcanon-db-1', 'sh', '-c', 'echo kept > /data/x');
    const plan = await host.ok('plan', ...file('2'));
    expect(plan).toContain('environment: TUNE changed');
    await host.ok('up', ...file('2'));
    expect(within('lcanon-db-1', 'cat', '/data/x')).toBe('kept');
    const volume = host.podman('inspect', 'lcanon-db-1', '--format', '{{range .Mounts}}{{.Name}}{{end}}');
    await host.ok('down', '--volumes', ...file('2'));
    expect((await host.run('podman', ['volume', 'exists', volume])).code).toBe(1);
  });

  test('a volume that differs from its file is named, and left as it is', async () => {
    const file = (rev: string) =>
      host.project(
        'lcvol',
        `services:\n${service('app', 'volumes: ["d:/d", { type: volume, source: d, target: /www, volume: { subpath: www } }]')}volumes: { d: { labels: { rev: "${rev}" } } }\n`,
      );
    await host.ok('up', ...file('1'));
    within('lcvol-app-1', 'sh', '-c', 'echo page > /d/www/index');
    expect(within('lcvol-app-1', 'cat', '/www/index')).toBe('page');
    const { stdout, stderr } = await host.heddle('plan', ...file('2'));
    expect(stderr).toContain('the volume lcvol_d differs from its file (label rev changed)');
    expect(stdout).not.toContain('as its file says');
  });

  test('a file of the host is seen as it is, and the host is found by host-gateway', async () => {
    const settings = path.join(host.folder, 'settings.ini');
    writeFileSync(settings, 'colour = red\n');
    const more = `volumes: ["${settings}:/etc/settings.ini:ro"], extra_hosts: ["outer.example:host-gateway"]`;
    await host.ok('up', ...host.project('lcfile', `services:\n${service('app', more)}`));
    expect(within('lcfile-app-1', 'cat', '/etc/settings.ini')).toBe('colour = red');
    const gateway = host.podman(
      'network',
      'inspect',
      'lcfile_default',
      '--format',
      '{{(index .Subnets 0).Gateway}}',
    );
    expect(within('lcfile-app-1', 'cat', '/etc/hosts')).toMatch(
      new RegExp(`^${gateway}\\s+outer.example$`, 'm'),
    );
  });
});

describe('what nobody asked to change', () => {
  test('services of another file of the folder stay, and are named, until --remove-orphans', async () => {
    const web = host.project('lctwo', `services:\n${service('web')}`);
    await host.ok('up', ...web);
    const job = ['-p', 'lctwo', '-f', path.join(host.folder, 'jobs.yaml')];
    writeFileSync(job[3] ?? '', `services:\n${service('job')}`);
    expect((await host.heddle('up', ...job)).stderr).toContain('not in its file: web (lctwo-web-1)');
    expect(await running(web)).toEqual(['lctwo-job-1', 'lctwo-web-1']);
    await host.ok('down', ...job);
    expect(await running(web)).toEqual(['lctwo-web-1']);
    await host.ok('up', ...job, '--remove-orphans');
    expect(await running(web)).toEqual(['lctwo-job-1']);
  });

  test('a project of this name from another folder is refused, with both places', async () => {
    const files = ['a', 'b'].map((parent) => {
      const file = path.join(host.folder, parent, 'lcclash', 'compose.yaml');
      mkdirSync(path.dirname(file), { recursive: true });
      writeFileSync(file, `services:\n${service('web')}`);
      return file;
    });
    const [here = '', there = ''] = files;
    host.project('lcclash', 'services: {}');
    await host.ok('up', '-f', here);
    for (const command of ['up', 'down']) {
      const { code, stderr } = await host.heddle(command, '-f', there);
      expect(code).toBe(1);
      expect(stderr).toContain('ERR_PROJECT_CLASH');
      expect(stderr).toContain(here);
      expect(stderr).toContain(there);
    }
    await host.ok('down', '-f', here);
  });

  test('up and down of one service leave the others alone', async () => {
    const project = host.project(
      'lcone',
      `services:\n${service('db')}${service('app', 'depends_on: [db]')}${service('other')}`,
    );
    await host.ok('up', ...project, 'app');
    expect(await running(project)).toEqual(['lcone-app-1', 'lcone-db-1']);
    await host.ok('down', ...project, 'app');
    expect(await running(project)).toEqual(['lcone-db-1']);
  });
});

test('hooks run at each turn of a service’s life, and one that fails says so', async () => {
  const file = (command: string) =>
    host.project(
      'lchooks',
      `services:\n${service(
        'app',
        `volumes: ["d:/data"], pre_start: [{ command: [touch, /data/schema] }], post_start: [{ command: [sh, -c, "${command}"] }], pre_stop: [{ command: [sh, -c, "echo leaving >> /data/log"] }]`,
      )}volumes: { d: }\n`,
    );
  await host.ok('up', ...file('ls /data >> /data/log'));
  await host.ok('restart', ...file('ls /data >> /data/log'));
  expect(
    within('lchooks-app-1', 'cat', '/data/log')
      .split('\n')
      .filter((line) => line !== 'log'),
  ).toEqual(['schema', 'leaving', 'schema']);
  const { code, stderr } = await host.heddle('up', ...file('echo no such thing >&2; exit 3'));
  expect(code).toBe(1);
  expect(stderr).toContain('ERR_SERVICE_HOOK: lchooks-app-1: post_start[0] ended with exit code 3');
  expect(stderr).toContain('no such thing');
});

test('stop stops a service when all that depend on it are stopped', async () => {
  const out = path.join(host.folder, 'out');
  const slow = (name: string, pause: string, more = '') =>
    `  ${name}: { ${tiny}, volumes: ["${out}:/out"]${more}, command: [sh, -c, "trap '${pause} date +%s%N > /out/${name}; exit 0' TERM; while :; do sleep 0.05; done"] }\n`;
  const project = host.project(
    'lcstop',
    `services:\n${slow('db', '')}${slow('app', 'sleep 0.5;', ', depends_on: [db]')}`,
  );
  await host.ok('up', ...project);
  await host.ok('stop', ...project);
  const [app, db] = ['app', 'db'].map((name) => BigInt(readFileSync(path.join(out, name), 'utf8').trim()));
  expect(app! < db!).toBe(true);
});

test('down --rmi removes images that nothing else uses, and names what stays', async () => {
  const folder = path.join(host.folder, 'rmi');
  mkdirSync(folder);
  for (const name of ['web', 'named', 'used']) {
    const lines = `FROM localhost/heddle-test/tiny\nRUN echo ${name} ${process.pid} > /name\nCMD ["sleep", "1000"]\n`;
    writeFileSync(path.join(folder, name), lines);
  }
  const built = (name: string, more = '') =>
    `  ${name}: { init: true, stop_grace_period: 1s, build: { context: "${folder}", dockerfile: ${name} }${more} }\n`;
  const image = (name: string) => `, image: "${host.image(`localhost/lcrmi-own/${name}`)}"`;
  host.image('localhost/lcrmi-web');
  const project = host.project(
    'lcrmi',
    `services:\n${built('web')}${built('named', image('named'))}${built('used', image('used'))}`,
  );
  const images = () =>
    host
      .podman('images', '--format', '{{.Repository}}')
      .split('\n')
      .filter((name) => name.startsWith('localhost/lcrmi'))
      .sort();
  expect((await host.heddle('down', ...project, '--rmi', 'some')).stderr).toContain(
    'Allowed choices are local, all',
  );
  await host.ok('up', ...project);
  await host.ok('down', ...project, '--rmi', 'local');
  expect(images()).toEqual(['localhost/lcrmi-own/named', 'localhost/lcrmi-own/used']);
  await host.ok('up', ...project);
  host.podman('create', '--name', 'lcrmi-other', 'localhost/lcrmi-own/used');
  const { code, stderr } = await host.heddle('down', ...project, '--rmi', 'all');
  expect({ code, stderr }).toMatchObject({ code: 0, stderr: expect.not.stringContaining('ERR_') });
  expect(stderr).toMatch(/✔ Image localhost\/lcrmi-own\/named {2}Removed/);
  expect(stderr).toMatch(/✔ Image localhost\/lcrmi-own\/used {2}Stays: lcrmi-other uses it/);
  expect(images()).toEqual(['localhost/lcrmi-own/used']);
  host.podman('rm', 'lcrmi-other');
});

describe('an operation', () => {
  const project = () =>
    host.project(
      'lcwait',
      `services:\n${service('slow', 'healthcheck: { test: "false", interval: 2s, retries: 100 }')}${service('app', 'depends_on: { slow: { condition: service_healthy } }')}`,
    );

  test('ends with its client, and down does not wait for what it waited for', async () => {
    const up = host.start('up', ...project());
    await until('it waits', () => up.printed().includes('waiting for slow'));
    await up.end('SIGINT');
    // The health check that it waited for would never succeed, so that a command that waited with it would not end.
    await host.ok('down', ...project());
    expect(host.leftovers('lcwait')).toEqual([]);
  });

  test('gives way to down when it waits, and says so', async () => {
    const up = host.start('up', '-d', ...project());
    await until('it waits', () => up.printed().includes('waiting for slow'));
    await host.ok('down', ...project());
    await until('it has ended', () => up.exitCode() !== null);
    expect(up.printed()).toContain('ERR_INTERRUPTED');
  });

  test.each([
    ['pause', 'paused'],
    ['unpause', 'running'],
    ['kill', 'stopped'],
  ])('gives way to %s when it waits', async (verb, state) => {
    const up = host.start('up', '-d', ...project());
    await until('it waits', () => up.printed().includes('waiting for slow'));
    await host.ok(verb, ...project(), 'slow');
    await until('it has ended', () => up.exitCode() !== null);
    expect(up.printed()).toContain(`${verb} took its place`);
    const rows = await host.json<ContainerStatus[]>('ps', '-a', ...project());
    expect(rows.find(({ name }) => name === 'lcwait-slow-1')?.state).toBe(state);
  });
});

test('up stays with what it made where an option asks for it, and ends with the exit code of a service', async () => {
  const project = host.project(
    'lcstay',
    `services:\n${service('web')}  tests: { ${tiny}, command: [sh, -c, "echo testing; sleep 0.5; exit 7"] }\n`,
  );
  const { code, stdout } = await host.heddle(
    'up',
    ...project,
    '--exit-code-from',
    'tests',
    '--abort-on-container-exit',
  );
  expect(code).toBe(7);
  expect(stdout).toContain('lcstay-tests-1 | testing');
  expect(await running(project)).toEqual([]);
});
