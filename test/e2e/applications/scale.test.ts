import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { TestHost } from '../../support/host.ts';
import { tiny } from '../../support/tiny.ts';

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
    const before = host.lifeOf('cmscale-web-1');
    await host.ok('scale', ...project, 'web=2');
    expect(host.lifeOf('cmscale-web-1')).toBe(before);
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
