import { createServer } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { TestHost } from '../../support/host.ts';
import { tiny } from '../../support/tiny.ts';
import { until } from '../../support/until.ts';

const plain = (more = '') =>
  `services: { web: { ${tiny}, init: true, stop_grace_period: 1s, command: [tail, -f, /dev/null]${more} } }`;

/** A port of the loopback that nobody has. */
function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}

describe('an engine on another host, by its name', () => {
  const host = new TestHost();
  beforeAll(async () => {
    const address = `tcp://127.0.0.1:${await freePort()}`;
    // Podman itself would follow CONTAINER_HOST.
    host.env['DOCKER_HOST'] = address;
    const service = `hostname elsewhere && exec podman system service --time=0 ${address}`;
    host.launch('unshare', ['--uts', 'sh', '-c', service]);
    await until('the engine answers', async () => {
      const answer = await fetch(`${address.replace('tcp', 'http')}/_ping`).catch(() => undefined);
      return answer?.ok === true;
    });
  });
  afterAll(() => host.remove());

  test('runs what needs nothing of this host', async () => {
    const project = host.project('cmelsewhere', plain());
    await host.ok('up', ...project);
    expect(await host.ok('exec', ...project, 'web', 'echo', 'from there')).toBe('from there\n');
    expect((await host.heddle('up', ...project)).stderr).toBe('cmelsewhere is as its file says\n');
  });

  test.each(['plan', 'up'])('is refused features by `%s`, at their places', async (command) => {
    const project = host.project('cmelsewhere', plain(', x-heddle: { manage: { flows: true } }'));
    const { code, stderr } = await host.heddle(command, ...project);
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /cmelsewhere\.yaml:1:\d+: error ERR_ENGINE_LACKS: services\.web\.x-heddle\.manage\.flows: flows needs `host` \(.*\), which the engine, podman at tcp:\/\/127\.0\.0\.1:\d+, does not offer/,
    );
    expect(stderr).toContain('run the node on the host of its engine');
  });

  test('is refused files that the node would write, before anything is made', async () => {
    const file = `${plain(', configs: [greeting]')}\nconfigs: { greeting: { content: hello } }`;
    const { code, stderr } = await host.heddle('up', ...host.project('cmelsewhere2', file));
    expect({ code, stderr }).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('/greeting is a file'),
    });
    expect(host.leftovers('cmelsewhere2')).toEqual([]);
  });

  test('leaves nothing behind', async () => {
    await host.ok('down', '-p', 'cmelsewhere');
    expect(host.leftovers('cmelsewhere')).toEqual([]);
  });
});
