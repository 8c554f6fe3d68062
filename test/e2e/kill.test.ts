import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { NodeClient } from '../../src/api/client.ts';
import type { ContainerStatus } from '../../src/api/messages.ts';
import type { DeploymentSpec } from '../../src/selector/spec.ts';
import { follow } from '../support/follow.ts';
import { TestHost } from '../support/host.ts';
import { tiny } from '../support/tiny.ts';
import { until } from '../support/until.ts';

const text = `
services:
  web: { ${tiny}, init: true, depends_on: [db], x-heddle: { manage: { flows: true } } }
  db: { ${tiny}, init: true, volumes: ["data:/data"], x-heddle: { manage: { firewall: { ingress: [{ ports: ["80/tcp"], from: [web] }] } } } }
volumes: { data: {} }
`;

describe('kill -9 of the node', () => {
  const host = new TestHost();
  const project = host.project('hkill', text);
  let spec: DeploymentSpec;
  let total = 0;
  const client = () => new NodeClient(`${host.runDir}/node.sock`);
  const names = async () =>
    (await host.json<ContainerStatus[]>('ps', '--all', ...project))
      .map(({ name, state }) => `${name} ${state}`)
      .sort();
  let whole: string[];

  beforeAll(async () => {
    spec = JSON.parse(await host.ok('spec', ...project, '--format', 'json')) as DeploymentSpec;
    await host.ok('up', ...project);
    whole = await names();
    await host.ok('down', ...project, '--volumes');
    total = (await client().plan({ spec })).steps.length;
    expect(total).toBeGreaterThan(10);
  });
  afterAll(() => host.remove());

  test('after any step of up, the same up ends in the same state', async () => {
    for (let step = 1; step < total; step++) {
      const pid = await host.nodePid();
      await follow(client().up({ spec }), step, () => process.kill(pid, 'SIGKILL'));
      await host.ok('up', ...project);
      expect(await names(), `killed after step ${step} of ${total}`).toEqual(whole);
      expect(await host.json('plan', ...project), `killed after step ${step}`).toEqual([]);
      await host.ok('down', ...project, '--volumes');
      expect(host.leftovers('hkill'), `killed after step ${step}`).toEqual([]);
    }
  });

  test('after any step of down, the same down leaves nothing', async () => {
    for (let step = 1; ; step++) {
      await host.ok('up', ...project);
      const pid = await host.nodePid();
      let killed = false;
      await follow(client().down('hkill', true), step, () => {
        killed = true;
        process.kill(pid, 'SIGKILL');
      });
      if (killed)
        await until(
          'the socket is dead',
          async () =>
            !(await client()
              .info()
              .catch(() => undefined)),
        );
      await host.heddle('down', ...project, '--volumes');
      expect(host.leftovers('hkill'), `killed after step ${step}`).toEqual([]);
      if (!killed) break;
    }
  });
});
