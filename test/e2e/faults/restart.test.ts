import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { FlowRecord } from '../../../src/features/flows/contract.ts';
import { TestHost } from '../../support/host.ts';
import { tiny } from '../../support/tiny.ts';
import { until } from '../../support/until.ts';

const text = (extra = '') => `
services:
  web: { ${tiny}, init: true, x-heddle: { manage: { flows: true } }${extra} }
  db: { ${tiny}, init: true }
`;

describe('an agent', () => {
  const host = new TestHost();
  let project: string[];
  const isRunning = (name: string) => host.podman('ps', '--format', '{{.Names}}').split('\n').includes(name);
  /** A connection from web to db, and whether the flow of it was seen afterwards. */
  const flowIsSeen = async () => {
    const before = new Date(Date.now() - 1000).toISOString();
    await until(
      'web reaches db',
      async () =>
        (await host.run('podman', ['exec', 'hrest-web-1', 'nc', '-z', '-w', '1', 'db', '80'])).code === 0,
    );
    await until('the flow is seen', async () => {
      const flows = await host.json<FlowRecord[]>(
        'flows',
        'web',
        ...project,
        '--since',
        before,
        '--filter',
        'dst port 80',
      );
      return flows.some((flow) => flow.exporters.includes('hrest-web-1') && flow.first > before);
    });
  };

  beforeAll(async () => {
    project = host.project('hrest', text());
    await host.ok('up', ...project);
  });
  afterAll(() => host.remove());

  test('stays, and goes on working, when its service is restarted behind Heddle’s back', async () => {
    const probe = host.lifeOf('hrest-web-1.flows.probe');
    await host.restartContainer('hrest-web-1', 1);
    expect(host.lifeOf('hrest-web-1.flows.probe')).toBe(probe);
    await flowIsSeen();
  });

  test('stays when its service is replaced', async () => {
    const probe = host.lifeOf('hrest-web-1.flows.probe');
    host.project('hrest', text(', environment: { CHANGED: yes }'));
    await host.ok('up', ...project);
    expect(host.lifeOf('hrest-web-1.flows.probe')).toBe(probe);
    await flowIsSeen();
  });

  test('comes back when it dies, and so does its collector', async () => {
    for (const name of ['hrest-web-1.flows.probe', 'hrest.flows.collector']) {
      await host.killContainer(name);
    }
    await flowIsSeen();
  });

  test('comes back when everything was stopped, as by a reboot', async () => {
    await host.killNode();
    host.podman('stop', '-t', '0', '--filter', 'label=io.heddle.project=hrest');
    await host.run('ip', ['netns', 'delete', 'heddle-hrest']);
    await host.heddle('ls');
    await host.ok('up', ...project);
    await flowIsSeen();
  });

  test('is healed again after the engine went away and came back', async () => {
    host.killEngine();
    await until(
      'the node has its engine again',
      async () => (await host.heddle('ps', ...project)).code === 0,
    );
    await host.killContainer('hrest-web-1.flows.probe');
  });

  test('scales with its service', async () => {
    await host.ok('up', ...project, '--scale', 'web=2');
    expect(isRunning('hrest-web-2.flows.probe')).toBe(true);
    await host.ok('up', ...project);
    expect(isRunning('hrest-web-2.flows.probe')).toBe(false);
  });
});

describe('two commands at once', () => {
  const host = new TestHost();
  afterAll(() => host.remove());

  test('queue, and end in one application', async () => {
    const project = host.project('htwo', text());
    const outcomes = await Promise.all([host.heddle('up', ...project), host.heddle('up', ...project)]);
    expect(outcomes.map(({ code, stderr }) => (code === 0 ? 0 : stderr))).toEqual([0, 0]);
    expect(await host.json('plan', ...project)).toEqual([]);
  });
});
