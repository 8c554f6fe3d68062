import { spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { TestHost, until } from '../support/host.ts';
import { installedCommand } from '../support/installed.ts';
import { tiny } from '../support/tiny.ts';

const text = `
services:
  web: { ${tiny}, init: true, scale: 2, stop_grace_period: 1s }
  db: { ${tiny}, init: true, stop_grace_period: 1s }
`;

describe('exec', () => {
  const host = new TestHost();
  let project: string[];
  /** Runs a shell line in which `exec` stands for `heddle exec` in this project. */
  const shell = (line: string) =>
    host.run('sh', ['-c', line.replace(/\bexec\b/, `${installedCommand} exec ${project.join(' ')}`)]);

  beforeAll(async () => {
    project = host.project('cmexec', text);
    await host.ok('up', ...project);
  });
  afterAll(() => host.remove());

  test('prints what the command prints, each stream by itself, and ends with its exit code', async () => {
    const outcome = await host.heddle(
      'exec',
      ...project,
      'web',
      'sh',
      '-c',
      'echo out; echo err >&2; exit 42',
    );
    expect(outcome).toEqual({ code: 42, stdout: 'out\n', stderr: 'err\n' });
  });

  test('takes what stands behind the service for the command, flags too', async () => {
    expect(await host.ok('exec', ...project, 'web', 'echo', '-e', 'A', '--index', '9')).toBe('A --index 9\n');
  });

  test('hands on standard input to its end, and output, byte for byte', async () => {
    const bytes = `${host.folder}/bytes`;
    const there = await shell(`head -c 20000000 /dev/urandom > ${bytes}; exec -T web sha256sum < ${bytes}`);
    const back = await shell(`exec -T web cat < ${bytes} | sha256sum`);
    const { stdout } = await host.run('sh', ['-c', `sha256sum < ${bytes}`]);
    expect([there.stdout, back.stdout]).toEqual([stdout, stdout]);
  });

  test('ends when the command does, whoever still holds its standard input', async () => {
    const child = spawn(installedCommand, ['exec', ...project, 'web', 'true'], { env: host.env });
    await until('it has ended', () => child.exitCode !== null);
    expect(child.exitCode).toBe(0);
  });

  test('ends without a word when nobody reads any more', async () => {
    const outcome = await shell('exec web yes </dev/null | head -n 1');
    expect(outcome).toEqual({ code: 0, stdout: 'y\n', stderr: '' });
    const programs = () => host.podman('exec', 'cmexec-web-1', 'sh', '-c', 'cat /proc/[0-9]*/comm');
    await until('the command has ended, too', () => !programs().split('\n').includes('yes'));
  });

  test('sets user, folder and variables, and leaves no value in a list of processes', async () => {
    const print = 'pwd; id -un; echo $ONE-$TWO-$THREE; cat /proc/[0-9]*/cmdline | tr "\\0" " "';
    const line = `TWO=from-here exec -u nobody -w /tmp -e ONE=1 -e TWO -e THREE web sh -c '${print}'`;
    const { stdout } = await shell(line);
    expect(stdout.split('\n').slice(0, 3)).toEqual(['/tmp', 'nobody', '1-from-here-']);
    expect(stdout.split('\n').slice(3).join()).not.toContain('from-here');
  });

  test('chooses the replica', async () => {
    for (const index of ['1', '2']) {
      await host.ok('exec', ...project, '--index', index, 'web', 'sh', '-c', `echo ${index} > /tmp/me`);
    }
    expect(host.podman('exec', 'cmexec-web-2', 'cat', '/tmp/me')).toBe('2');
    expect(await host.ok('exec', ...project, 'web', 'cat', '/tmp/me')).toBe('1\n');
  });

  test('comes back at once with -d', async () => {
    const wait = 'while [ ! -e /tmp/go ]; do sleep 0.1; done; echo done > /tmp/detached';
    await host.ok('exec', ...project, '-d', 'web', 'sh', '-c', wait);
    await host.ok('exec', ...project, 'web', 'touch', '/tmp/go');
    await until('the command has done its work', async () => {
      const { stdout } = await host.heddle('exec', ...project, 'web', 'cat', '/tmp/detached');
      return stdout === 'done\n';
    });
  });

  test('gives the command a terminal of the size of the user’s, also when that changes', async () => {
    const wait = 'stty size; while [ "$(stty size)" != "40 90" ]; do :; done; tty; exit 9';
    const line = `stty rows 31 cols 97; tty; ${installedCommand} exec ${project.join(' ')} web sh -c '${wait}'`;
    const child = spawn('script', ['-qec', line, '/dev/null'], { env: host.env });
    let printed = '';
    child.stdout.on('data', (chunk) => {
      printed += chunk;
    });
    await until('the command knows its size', () => printed.includes('31 97'));
    const terminal = /\/dev\/pts\/\d+/.exec(printed)?.[0] ?? '';
    await host.run('stty', ['-F', terminal, 'rows', '40', 'cols', '90']);
    await until('the command has ended', () => child.exitCode !== null);
    expect(child.exitCode).toBe(9);
    expect(printed.match(/\/dev\/pts\/\d+/g)).toHaveLength(2);
  });

  test('says when there is no such service, replica or program', async () => {
    const failures = [
      [['wob', 'true'], 1, 'ERR_SERVICE_UNKNOWN: cmexec has no service "wob"'],
      [
        ['--index', '3', 'web', 'true'],
        1,
        'ERR_SERVICE_NOT_RUNNING: replica 3 of service "web" is not running',
      ],
      [['web', 'nosuch'], 127, 'nosuch'],
      [['web'], 2, "missing required argument 'command'"],
    ] as const;
    for (const [args, code, message] of failures) {
      const outcome = await host.heddle('exec', ...project, ...args);
      expect(outcome).toMatchObject({ code, stderr: expect.stringContaining(message) });
    }
    await host.ok('stop', ...project, 'db');
    const stopped = await host.heddle('exec', ...project, 'db', 'true');
    expect(stopped.stderr).toContain('ERR_SERVICE_NOT_RUNNING: service "db" is not running');
  });
});

describe('scale', () => {
  const host = new TestHost();
  let project: string[];
  const running = () =>
    host
      .podman('ps', '--filter', 'label=io.heddle.project=cmscale', '--format', '{{.Names}}')
      .split('\n')
      .filter((name) => name.includes('-') && !name.endsWith('.sandbox'))
      .sort();

  beforeAll(async () => {
    project = host.project(
      'cmscale',
      `services:
  web: { ${tiny}, init: true, stop_grace_period: 1s, x-heddle: { manage: { flows: true } } }
  db: { ${tiny}, init: true, stop_grace_period: 1s }
  job: { ${tiny}, init: true, stop_grace_period: 1s }`,
    );
    await host.ok('up', ...project);
    await host.ok('stop', ...project, 'job');
  });
  afterAll(() => host.remove());

  test('makes more replicas, with their agents, and leaves what there is alone', async () => {
    const before = host.podman('inspect', 'cmscale-web-1', '--format', '{{.Id}} {{.State.StartedAt}}');
    await host.ok('scale', ...project, 'web=2');
    expect(host.podman('inspect', 'cmscale-web-1', '--format', '{{.Id}} {{.State.StartedAt}}')).toBe(before);
    expect(running()).toEqual([
      'cmscale-db-1',
      'cmscale-web-1',
      'cmscale-web-1.flows.probe',
      'cmscale-web-2',
      'cmscale-web-2.flows.probe',
    ]);
  });

  test('leaves the number of other services as it is, and does not start what was stopped', async () => {
    await host.ok('scale', ...project, 'db=0');
    expect(running().filter((name) => !name.endsWith('.probe'))).toEqual(['cmscale-web-1', 'cmscale-web-2']);
    await host.ok('scale', ...project, 'web=1', 'db=1', 'job=1');
    expect(running()).toEqual([
      'cmscale-db-1',
      'cmscale-job-1',
      'cmscale-web-1',
      'cmscale-web-1.flows.probe',
    ]);
    expect((await host.heddle('scale', ...project, 'web=1')).stderr).toBe('cmscale has so many already\n');
  });

  test('refuses what is no number, no service, and no application', async () => {
    const failures = [
      [['web'], 2, 'write it as service=number'],
      [['wob=1'], 1, 'ERR_SERVICE_UNKNOWN: cmscale has no service "wob"'],
      [['-p', 'cmnone', 'web=1'], 1, 'ERR_PROJECT_UNKNOWN'],
    ] as const;
    for (const [args, code, message] of failures) {
      const outcome = await host.heddle('scale', ...project, ...args);
      expect(outcome).toMatchObject({ code, stderr: expect.stringContaining(message) });
    }
  });
});

describe('images', () => {
  const host = new TestHost();
  let project: string[];
  const own = `${host.folder}/own`;

  beforeAll(async () => {
    mkdirSync(`${own}/templates`, { recursive: true });
    mkdirSync(`${own}/images/cm-greeter`, { recursive: true });
    writeFileSync(
      `${own}/images/cm-greeter/Containerfile`,
      `ARG BASE\nFROM \${BASE}\nRUN echo greeting ${process.pid} > /greeting\n`,
    );
    project = host.project('cmimages', text);
    await host.ok('up', ...project);
  });
  afterAll(async () => {
    for (const image of host.podman('images', '-q', 'localhost/heddle/cm-greeter').split('\n')) {
      if (image !== '') host.podman('rmi', '-f', image);
    }
    await host.remove();
  });

  test('lists the image of each container', async () => {
    const images = await host.json<{ container: string }[]>('images', ...project);
    expect(images.map(({ container }) => container)).toEqual([
      'cmimages-db-1',
      'cmimages-web-1',
      'cmimages-web-2',
    ]);
    expect(images[0]).toEqual({
      container: 'cmimages-db-1',
      role: 'application',
      repository: 'localhost/heddle-test/tiny',
      tag: 'latest',
      id: host.podman('inspect', 'cmimages-db-1', '--format', '{{.Image}}'),
      size: Number(host.podman('image', 'inspect', 'localhost/heddle-test/tiny', '--format', '{{.Size}}')),
    });
    const table = await host.ok('images', ...project);
    expect(table).toMatch(/^CONTAINER +REPOSITORY +TAG +IMAGE ID +SIZE\ncmimages-db-1 .* latest /);
  });

  test('are built once for each content of their folder, and again without the cache', async () => {
    const build = () => host.heddle('images', 'build', 'cm-greeter', '--catalogue', own);
    const id = () => host.podman('images', '-q', '--no-trunc', 'localhost/heddle/cm-greeter');
    expect((await build()).stderr).toMatch(/✔ Image localhost\/heddle\/cm-greeter:[0-9a-f]{12} {2}Ready/);
    const first = id();
    expect((await build()).stderr).toMatch(/✔ Image localhost\/heddle\/cm-greeter:[0-9a-f]{12} {2}Cached/);
    expect(id()).toBe(first);
    await host.ok('images', 'build', 'cm-greeter', '--catalogue', own, '--no-cache');
    expect(id()).not.toBe(first);
    writeFileSync(`${own}/images/cm-greeter/more`, 'more');
    expect((await build()).stderr).toContain('Ready');
    expect(id().split('\n')).toHaveLength(2);
  });

  test('that the catalogue does not have are not built', async () => {
    const outcome = await host.heddle('images', 'build', 'holdr');
    expect(outcome.code).toBe(1);
    expect(outcome.stderr).toContain(
      'ERR_IMAGE_MISSING: the catalogue has no image "holdr"\ndid you mean "holder"',
    );
  });
});

describe('completion', () => {
  const host = new TestHost();
  let project: string[];
  /** What bash offers at the end of a line, asked as its Tab key asks. */
  const offered = async (line: string): Promise<string[]> => {
    const program = `
      PATH=${path.dirname(installedCommand)}:$PATH
      cd ${host.folder}
      source <(heddle completion bash)
      compopt() { :; }
      COMP_LINE=$1
      COMP_POINT=\${#1}
      eval "$(complete -p heddle | sed 's/.*-F \\([^ ]*\\).*/\\1/')"
      printf '%s\\n' "\${COMPREPLY[@]}"`;
    const outcome = await host.run('bash', ['-c', program, 'bash', line]);
    expect(outcome).toMatchObject({ code: 0, stderr: '' });
    return outcome.stdout.split('\n').filter((candidate) => candidate !== '');
  };

  beforeAll(() => {
    project = host.project('cmcomplete', text);
  });
  afterAll(() => host.remove());

  test('offers commands, options and values in bash', async () => {
    expect(await offered('heddle fire')).toEqual(['firewall']);
    expect(await offered('heddle images b')).toEqual(['build']);
    expect(await offered('heddle up --sc')).toEqual(['--scale']);
    expect(await offered('heddle ps --format ')).toEqual(['table', 'json']);
    // Bash replaces what stands behind the equals sign only.
    expect(await offered('heddle ps --format=j')).toEqual(['json']);
    expect(await offered('heddle features sn')).toEqual(['snmp']);
  });

  test('offers the services of the file', async () => {
    const given = `-f ${project.at(-1)}`;
    expect(await offered(`heddle logs ${given.replace('-f', '--file')} `)).toEqual(['web', 'db']);
    expect(await offered(`heddle restart ${given} web `)).toEqual(['db']);
    expect(await offered(`heddle scale ${given} d`)).toEqual(['db=']);
    expect(await offered(`heddle exec ${given} web -`)).toEqual([]);
    expect(await offered('heddle restart ')).toEqual([]);
  });

  test('offers the projects that there are, and starts no node to find out', async () => {
    expect(await offered('heddle ps -p cmcompl')).toEqual([]);
    await expect(host.nodePid()).rejects.toThrow();
    await host.ok('up', ...project);
    expect(await offered('heddle ps -p cmcompl')).toEqual(['cmcomplete']);
    expect(await offered('heddle restart -p cmcomplete ')).toEqual(['db', 'web']);
  });

  test('has a script for every shell that it names, and refuses others', async () => {
    for (const shell of ['bash', 'zsh', 'fish']) {
      expect(await host.ok('completion', shell)).toContain('heddle __complete --');
    }
    expect((await host.heddle('completion', 'tcsh')).code).toBe(2);
  });
});

describe('secrets', () => {
  const host = new TestHost();
  afterAll(() => host.remove());

  test('are in no output but where they are asked for', async () => {
    const secrets = `services:
  web: { ${tiny}, init: true, stop_grace_period: 1s, environment: { DB_PASSWORD: cm-hidden-1 }, configs: [site] }
configs: { site: { content: cm-hidden-2 } }`;
    const project = host.project('cmsecrets', secrets);
    for (const command of [
      ['config'],
      ['spec'],
      ['spec', '--format', 'json'],
      ['plan', '--format', 'json'],
    ]) {
      expect(await host.ok(...command, ...project), command.join(' ')).not.toContain('cm-hidden');
    }
    expect(await host.ok('spec', ...project, '--show-secrets')).toMatch(/cm-hidden-1.*cm-hidden-2/s);

    const spec = JSON.parse(await host.ok('spec', ...project, '--show-secrets', '--format', 'json'));
    const file = path.join(host.folder, 'request.json');
    writeFileSync(file, JSON.stringify({ spec }));
    for (const verb of ['plan', 'up']) {
      const { stdout } = await host.run('curl', [
        ...['-s', '--unix-socket', `${host.runDir}/node.sock`, '-H', 'content-type: application/json'],
        ...['-d', `@${file}`, `http://node/v1/applications/cmsecrets/${verb}`],
      ]);
      expect(stdout).toContain('createContainer cmsecrets-web-1');
      expect(stdout).not.toContain('cm-hidden');
    }
    expect(await host.ok('exec', ...project, 'web', 'sh', '-c', 'echo $DB_PASSWORD; cat /site')).toBe(
      'cm-hidden-1\ncm-hidden-2',
    );
    expect(host.nodeLog()).not.toContain('cm-hidden');
    expect(host.podman('inspect', 'cmsecrets-web-1', '--format', '{{json .Config.Labels}}')).not.toContain(
      'cm-hidden',
    );
  });
});

describe('up', () => {
  const host = new TestHost();
  afterAll(() => host.remove());
  const service = (name: string, settings: string) =>
    `  ${name}: { ${tiny}, stop_grace_period: 1s, ${settings} }`;
  const project = (name: string, ...services: string[]) =>
    host.project(name, ['services:', ...services].join('\n'));

  test('of a service that fails at once says so, with its exit code and its last words', async () => {
    const failing = service('web', 'command: [sh, -c, "echo starting; echo no such table >&2; exit 3"]');
    const { code, stderr } = await host.heddle('up', ...project('cmfails', failing));
    expect(code).toBe(1);
    expect(stderr).toContain(
      'ERR_SERVICE_ENDED: web: cmfails-web-1 ended with exit code 3, and said last:\n  starting\n  no such table\n',
    );
    expect(stderr.match(/ERR_/g)).toHaveLength(1);
  });

  test('says it once when an agent or another service depends on it', async () => {
    const names = project(
      'cmdepends',
      service('web', 'command: [sh, -c, exit 3], x-heddle: { manage: { snmp: true } }'),
      service('db', 'depends_on: { web: { condition: service_completed_successfully } }'),
    );
    const { code, stderr } = await host.heddle('up', ...names);
    expect(code).toBe(1);
    expect(stderr.match(/ERR_\w+/g)).toEqual(['ERR_SERVICE_ENDED']);
  });

  test('names a command that is not in the image', async () => {
    const { code, stderr } = await host.heddle(
      'up',
      ...project('cmnosuch', service('web', 'command: [nosuch]')),
    );
    expect(code).toBe(1);
    expect(stderr).toContain(
      'ERR_SERVICE_COMMAND: starting cmnosuch-web-1: "nosuch": executable file not found',
    );
  });

  test('is content with a service that runs to its end, and says what it waits for', async () => {
    const names = project(
      'cmends',
      service('job', 'command: [sh, -c, "sleep 0.5"]'),
      service(
        'db',
        'init: true, healthcheck: { test: [CMD, "true"], interval: 1s }, depends_on: { job: { condition: service_completed_successfully } }',
      ),
      service('web', 'init: true, depends_on: { db: { condition: service_healthy } }'),
    );
    const { code, stderr } = await host.heddle('up', ...names);
    expect({ code, stderr }).toMatchObject({ code: 0, stderr: expect.not.stringContaining('ERR_') });
    const lines = stderr.split('\n').map((line) => line.replace(/ {2}[\d.]+s$/, ''));
    const waits = lines.filter((line) => /waiting|Service/.test(line));
    expect(waits).toEqual([
      ' … waiting for job to complete',
      ' ✔ Service job completed_successfully  Reached',
      ' … waiting for db to be healthy',
      ' ✔ Service db healthy  Reached',
    ]);
    expect((await host.heddle('up', '-q', ...project('cmquiet', service('web', 'init: true')))).stderr).toBe(
      '',
    );
  });
});

describe('where no node runs', () => {
  const host = new TestHost();
  afterAll(() => host.remove());

  test('nothing is started to find out that nothing was ever brought up', async () => {
    expect(await host.json('ls')).toEqual([]);
    const project = host.project('cmabsent', text);
    for (const command of [['ps'], ['logs'], ['flows'], ['images'], ['scale', 'web=1']]) {
      const { code, stderr } = await host.heddle(...command, ...project);
      expect({ code, stderr }).toEqual({
        code: 1,
        stderr:
          'error ERR_PROJECT_UNKNOWN: no application was ever brought up on this host\n`heddle up` brings one up\n',
      });
    }
    await expect(host.nodePid()).rejects.toThrow();
  });

  test('commands that ask start it for what it knows', async () => {
    const project = host.project('cmabsent', text);
    await host.ok('up', ...project);
    for (const command of [['ps'], ['logs'], ['ls'], ['images'], ['exec', 'db', 'true']]) {
      await host.killNode();
      // By name alone: `logs -f` follows.
      const given = command[0] === 'ls' ? [] : project.slice(0, 2);
      await host.ok(command[0] ?? '', ...given, ...command.slice(1));
    }
  });
});
