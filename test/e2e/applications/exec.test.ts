import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { TestHost } from '../../support/host.ts';
import { installedCommand } from '../../support/installed.ts';
import { webAndDb } from '../../support/tiny.ts';
import { until } from '../../support/until.ts';

describe('exec', () => {
  const host = new TestHost();
  let project: string[];
  /** Runs a shell line in which `exec` stands for `heddle exec` in this project. */
  const shell = (line: string) =>
    host.run('sh', ['-c', line.replace(/\bexec\b/, `${installedCommand} exec ${project.join(' ')}`)]);

  beforeAll(async () => {
    project = host.project('cmexec', webAndDb);
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
    const running = host.start('exec', ...project, 'web', 'true');
    await until('it has ended', () => running.exitCode() !== null);
    expect(running.exitCode()).toBe(0);
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
    const running = host.launch('script', ['-qec', line, '/dev/null']);
    await until('the command knows its size', () => running.printed().includes('31 97'));
    const terminal = /\/dev\/pts\/\d+/.exec(running.printed())?.[0] ?? '';
    await host.run('stty', ['-F', terminal, 'rows', '40', 'cols', '90']);
    await until('the command has ended', () => running.exitCode() !== null);
    expect(running.exitCode()).toBe(9);
    expect(running.printed().match(/\/dev\/pts\/\d+/g)).toHaveLength(2);
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
