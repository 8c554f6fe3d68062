import { afterAll, describe, expect, test } from 'vitest';
import { TestHost } from '../../support/host.ts';
import { webAndDb } from '../../support/tiny.ts';

describe('where no node runs', () => {
  const host = new TestHost();
  afterAll(() => host.remove());

  test('nothing is started to find out that nothing was ever brought up', async () => {
    expect(await host.json('ls')).toEqual([]);
    const project = host.project('cmabsent', webAndDb);
    for (const command of ['ps', 'flows', 'images']) {
      expect(await host.json(command, ...project), 'the file says that there is such an application').toEqual(
        [],
      );
    }
    const named = project.slice(0, 2);
    for (const [command, ...given] of [
      ['ps', ...named],
      ['images', ...named],
      ['logs', ...project],
      ['scale', 'web=1', ...project],
    ]) {
      const { code, stderr } = await host.heddle(command ?? '', ...given);
      expect({ code, stderr }).toEqual({
        code: 1,
        stderr:
          'error ERR_PROJECT_UNKNOWN: no application was ever brought up on this host\n`heddle up` brings one up\n',
      });
    }
    await expect(host.nodePid()).rejects.toThrow();
  });

  test('commands that ask start it for what it knows', async () => {
    const project = host.project('cmabsent', webAndDb);
    await host.ok('up', ...project);
    for (const command of [['ps'], ['logs'], ['ls'], ['images'], ['exec', 'db', 'true']]) {
      await host.killNode();
      // By name alone: `logs -f` follows.
      const given = command[0] === 'ls' ? [] : project.slice(0, 2);
      await host.ok(command[0] ?? '', ...given, ...command.slice(1));
    }
  });

  test('one that finds no engine says so, and ends', async () => {
    await host.killNode();
    const { code, stderr } = await host.heddle('node', '--engine', 'tcp://127.0.0.1:1');
    expect(code).toBe(1);
    expect(stderr).toContain('ERR_ENGINE_GONE: no engine answers at tcp://127.0.0.1:1');
  });
});
