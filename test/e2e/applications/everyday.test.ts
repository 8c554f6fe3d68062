import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ContainerEvent, ContainerStats } from '../../../src/api/handling.ts';
import type { ContainerStatus } from '../../../src/api/messages.ts';
import { TestHost } from '../../support/host.ts';
import { installedCommand } from '../../support/installed.ts';
import { tiny } from '../../support/tiny.ts';
import { until } from '../../support/until.ts';

const services = `
services:
  web: { ${tiny}, init: true, scale: 2, stop_grace_period: 1s, ports: ["127.0.0.1:18970-18971:80"], volumes: ["data:/data"], depends_on: [db] }
  db: { ${tiny}, init: true, restart: always, stop_grace_period: 1s,
    x-heddle: { manage: { firewall: { ingress: [{ ports: ["80/tcp"], from: [web] }] } } } }
  talk: { ${tiny}, stdin_open: true, init: true, stop_grace_period: 1s, command: [sh, -c, "while read -r line; do echo got $$line; done"] }
volumes: { data: {} }
`;

describe('every day’s commands', () => {
  const host = new TestHost();
  let project: string[];
  /** Options stand before the command, as with docker compose. */
  const heddle = (...args: string[]) => host.heddle(...project, ...args);
  const ok = (...args: string[]) => host.ok(...project, ...args);
  const shell = (line: string) =>
    host.run('sh', ['-c', line.replace(/\bheddle\b/g, `${installedCommand} ${project.join(' ')}`)]);
  const status = async (name: string) =>
    (await host.json<ContainerStatus[]>(...project, 'ps', '-a')).find((row) => row.name === name);
  const reaches = (from: string) => [
    'run',
    '--rm',
    '-q',
    '-T',
    from,
    'nc',
    '-z',
    '-w',
    '2',
    'cmdaily-db-1',
    '80',
  ];

  beforeAll(async () => {
    project = host.project('cmdaily', services);
    await ok('up', '-d');
  });
  afterAll(() => host.remove());

  test('ps, images and ls answer as scripts ask', async () => {
    const ids = (await ok('ps', '-q', 'web')).trim().split('\n');
    expect(ids).toHaveLength(2);
    expect(host.podman('inspect', '--format', '{{.Id}}', 'cmdaily-web-1')).toBe(ids[0]);
    expect((await ok('ps', '--services')).trim().split('\n')).toEqual(['db', 'talk', 'web']);
    expect(await host.json(...project, 'ps', '--status', 'paused')).toEqual([]);
    expect((await ok('images', '-q', 'talk')).trim()).toMatch(/^[0-9a-f]{64}$/);
    expect(await host.ok('ls', '-q', '--filter', 'name=^cmdaily$')).toBe('cmdaily\n');
    const unknown = await heddle('ps', 'wob');
    expect(unknown.stderr).toContain(
      'ERR_SERVICE_UNKNOWN: cmdaily has no service "wob"\ndid you mean "web"?',
    );
  });

  test('port, top, stats and version', async () => {
    expect(await ok('port', '--index', '2', 'web', '80')).toBe('127.0.0.1:18971\n');
    expect((await heddle('port', 'web', '81')).stderr).toContain('ERR_PORT_UNPUBLISHED');
    expect(await ok('top', 'db')).toMatch(/^db +1 +root.*busybox httpd/m);
    const rows = await host.json<ContainerStats[]>(...project, 'stats', '--no-stream', 'web');
    expect(rows.map(({ name }) => name)).toEqual(['cmdaily-web-1', 'cmdaily-web-2']);
    for (const row of rows) expect(row.memory).toBeGreaterThan(10_000);
    expect(await host.ok('version', '--short')).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  test('cp takes files, folders and archives both ways, and keeps to the container', async () => {
    const here = path.join(host.folder, 'copied');
    mkdirSync(here);
    writeFileSync(path.join(here, 'note'), 'hello\n');
    await ok('cp', path.join(here, 'note'), 'web:/tmp/');
    for (const index of ['1', '2'])
      expect(await ok('exec', '--index', index, 'web', 'cat', '/tmp/note')).toBe('hello\n');
    await ok('cp', 'web:/www', here);
    expect(readFileSync(path.join(here, 'www/index.html'), 'utf8')).toBe('hello\n');
    await ok(
      'exec',
      'web',
      'sh',
      '-c',
      'mkdir /tmp/evil && ln -s /etc /tmp/evil/link && mkfifo /tmp/evil/pipe',
    );
    const out = await heddle('cp', 'web:/tmp/evil', here);
    expect(out).toMatchObject({ code: 0, stderr: expect.stringContaining('left out "evil/pipe"') });
    expect(
      (await shell(`heddle cp web:/www - | heddle cp - db:/tmp; heddle exec db cat /tmp/www/index.html`))
        .stdout,
    ).toBe('hello\n');
    expect((await heddle('cp', 'web:/nowhere', here)).stderr).toContain(
      'ERR_FILE_NOT_FOUND: cmdaily-web-1 has no /nowhere',
    );
    expect((await heddle('cp', `${here}/note`, 'db:/no/folder/')).code).toBe(1);
  });

  test('run makes a container beside the replicas, hands on its exit code, and leaves nothing', async () => {
    const outcome = await heddle(
      'run',
      '--rm',
      '-T',
      '-e',
      'A=1',
      '-w',
      '/tmp',
      'web',
      'sh',
      '-c',
      'echo $A; pwd; exit 7',
    );
    expect(outcome).toMatchObject({ code: 7, stdout: '1\n/tmp\n' });
    const piped = await shell('echo typed | heddle run --rm -q -T talk cat');
    expect(piped).toEqual({ code: 0, stdout: 'typed\n', stderr: '' });
    expect(host.podman('ps', '-aq', '--filter', 'name=cmdaily-.*-run-')).toBe('');
  });

  test('run is guarded and let in as its service is', async () => {
    expect((await heddle(...reaches('web'))).code).toBe(0);
    expect((await heddle(...reaches('talk'))).code).toBe(1);
    // Nobody reaches a one-off of db but web.
    const line = ['run', '-d', '--rm', '-q', '--name', 'cmdaily-copy', 'db'];
    expect(await ok(...line)).toBe('cmdaily-copy\n');
    const reached = async (from: string) =>
      (await heddle('exec', from, 'nc', '-z', '-w', '1', 'cmdaily-copy', '80')).code;
    await until('its program listens', async () => (await reached('web')) === 0);
    expect(await reached('talk')).not.toBe(0);
    expect((await status('cmdaily-copy'))?.oneOff).toBe(true);
    host.podman('kill', 'cmdaily-copy');
    await until(
      'nothing of it is left',
      () => host.podman('ps', '-aq', '--filter', 'name=cmdaily-copy') === '',
    );
  });

  test('run ends with Ctrl-C, and with its client', async () => {
    for (const signal of ['SIGINT', 'SIGKILL'] as const) {
      const running = host.start(
        ...project,
        'run',
        '--rm',
        '-T',
        '--name',
        'cmdaily-long',
        'web',
        'sh',
        '-c',
        'echo up; exec sleep 600',
      );
      await until('it runs', () => running.printed().includes('up\n'));
      running.signal(signal);
      await until(
        'nothing of it is left',
        () => host.podman('ps', '-aq', '--filter', 'name=cmdaily-long') === '',
      );
    }
  });

  test('attach hands on what is typed, and lets go', async () => {
    const outcome = await shell('(echo one; sleep 1) | timeout 10 heddle attach --no-sig-proxy talk');
    expect(outcome.stdout).toContain('got one\n');
  });

  test('pause, unpause, kill and rm are what the owner wants: nothing comes back by itself', async () => {
    const happened = host.start(...project, 'events', '--json', 'db');
    await ok('pause', 'db');
    expect((await status('cmdaily-db-1'))?.state).toBe('paused');
    await ok('unpause', 'db');
    expect((await status('cmdaily-db-1'))?.state).toBe('running');
    const waiting = host.start(...project, 'wait', 'db');
    await until('it waits and listens', async () => {
      host.podman('kill', '--signal', 'CONT', 'cmdaily-db-1');
      return happened.printed().includes('"action":"kill"');
    });
    await ok('kill', 'db');
    await until('wait has ended', () => waiting.exitCode() !== null);
    expect(waiting.exitCode()).toBe(137);
    await until('its end is told', () => {
      const events = happened.printed().trim().split('\n');
      return events.some((line) => (JSON.parse(line) as ContainerEvent).action === 'die');
    });
    // The next look at everything, with which a node starts, leaves it alone, whatever its policy.
    await host.killNode();
    await ok('start', 'talk');
    expect((await status('cmdaily-db-1'))?.state).toBe('stopped');
    await ok('rm', '-f');
    expect(await status('cmdaily-db-1')).toBeUndefined();
    await ok('start', 'talk');
    expect(await status('cmdaily-db-1')).toBeUndefined();
    await ok('up', '-d');
    expect((await status('cmdaily-db-1'))?.state).toBe('running');
    expect((await heddle(...reaches('talk'))).code).toBe(1);
  });

  test('watch keeps a service as its files are', async () => {
    const folder = path.join(host.folder, 'watched');
    mkdirSync(path.join(folder, 'src'), { recursive: true });
    writeFileSync(path.join(folder, 'src/a'), 'one');
    const rule = `{ path: ${folder}/src, action: sync+exec, target: /app, ignore: ["*.log"], exec: { command: touch /tmp/ran } }`;
    const text = `services: { made: { ${tiny}, init: true, stop_grace_period: 1s, develop: { watch: [${rule}] } } }`;
    const watched = host.project('cmdailywatch', text);
    const running = host.start(...watched, 'watch');
    await until('it watches', () => running.printed().includes('watching '));
    mkdirSync(path.join(folder, 'src/deep'));
    writeFileSync(path.join(folder, 'src/deep/b'), 'two');
    writeFileSync(path.join(folder, 'src/c.log'), 'no');
    const inside = (line: string) => host.heddle(...watched, 'exec', '-T', 'made', 'sh', '-c', line);
    await until(
      'it is synced',
      async () => (await inside('cat /app/deep/b && ls /tmp/ran')).stdout === 'two/tmp/ran\n',
    );
    rmSync(path.join(folder, 'src/deep/b'));
    await until('it is gone', async () => (await inside('ls -A /app/deep')).stdout === '');
    expect((await inside('ls /app')).stdout).toBe('deep\n');
    await running.end('SIGINT');
    expect(running.exitCode()).toBe(0);
  });

  test('build builds what is there already, with arguments; pull and push say what they could not', async () => {
    const folder = path.join(host.folder, 'built');
    mkdirSync(folder);
    writeFileSync(
      path.join(folder, 'Dockerfile'),
      'FROM localhost/heddle-test/tiny\nARG WORD=none\nRUN echo $WORD > /word\n',
    );
    const text = `services: { made: { build: ${folder}, image: "${host.image('localhost/cmdaily/made')}" }, other: { image: localhost/cmdaily/absent } }`;
    const built = host.project('cmdailybuild', text);
    await host.ok(...built, 'build', '--build-arg', 'WORD=first');
    await host.ok(...built, 'build', '-q', '--build-arg', 'WORD=second', 'made');
    expect(host.podman('run', '--rm', '--network', 'none', 'localhost/cmdaily/made', 'cat', '/word')).toBe(
      'second',
    );
    expect((await host.heddle(...built, 'pull', 'other')).code).toBe(1);
    expect((await host.heddle(...built, 'pull', '--ignore-pull-failures')).code).toBe(0);
    expect((await host.heddle(...built, 'push')).stderr).toContain('localhost/cmdaily/made');
  });
});
