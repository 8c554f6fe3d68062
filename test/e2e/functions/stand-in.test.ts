import { afterAll, describe, expect, test } from 'vitest';
import type { ContainerStatus } from '../../../src/api/messages.ts';
import type { ChainStatus } from '../../../src/networks/path/proof/status.ts';
import { TestHost } from '../../support/host.ts';
import { SeenFlows } from '../../support/seen-flows.ts';
import { tiny } from '../../support/tiny.ts';
import { until } from '../../support/until.ts';

const file = (command: string) => `
services:
  web: { ${tiny}, init: true, networks: [lab] }
  db: { ${tiny}, init: true, networks: [lab], command: busybox httpd -f -p 80 -h /www }
  fw:
    ${tiny.replace(', build:', '\n    build:')}
    init: true
    restart: "no"
    network_mode: none
    stop_grace_period: 1s
    command: ${command}
    deploy: { update_config: { order: start-first } }
    x-heddle: { function: wire }
networks:
  lab: { ipam: { config: [{ subnet: 10.93.15.0/24 }] } }
x-heddle:
  chains: [{ name: front, from: web, to: db, through: [fw], onFailure: open }]
`;

describe('where a new version of a function ends at once', () => {
  const host = new TestHost();
  let project = host.project('hstand', file('sleep infinity'));
  const seen = new SeenFlows(host, 'hstand');
  const reaches = async () =>
    (await host.run('podman', ['exec', 'hstand-web-1', 'nc', '-z', '-w', '1', 'db', '80'])).code === 0;
  const passes = async (fn: string) => {
    await seen.begin(fn);
    expect(await reaches()).toBe(true);
    return (await seen.of(fn)).flows.some((flow) => flow.includes(':80'));
  };

  afterAll(() => host.remove());

  test('a chain that is open on failure goes on with the one before, and without any when that ends', async () => {
    await host.ok('up', ...project);
    expect(await passes('fw-1')).toBe(true);
    project = host.project('hstand', file("sh -c 'exit 3'"));
    await host.heddle('up', ...project);
    await until(
      'it has ended',
      () => host.podman('inspect', 'hstand-fw-1.2', '--format', '{{.State.Running}}') === 'false',
    );
    await until('flows pass the one before', () => passes('fw-1'));
    const noted = async () =>
      (await host.json<ContainerStatus[]>('ps', ...project)).flatMap(({ note }) => note ?? []);
    expect((await noted()).join()).toContain('passes hstand-fw-1 in place of hstand-fw-1.2, which does not');
    const [chain] = await host.json<ChainStatus[]>('chain', 'ls', ...project);
    expect(chain?.bypassed).toEqual([]);
    // What a node does that looks at all.
    await host.killNode();
    await host.ok('ls');
    expect(await passes('fw-1')).toBe(true);
    host.podman('kill', '--signal', 'KILL', 'hstand-fw-1');
    await until('it goes on without', reaches);
    expect((await noted()).join()).toContain('BYPASSED');
  });

  test('leaves nothing', async () => {
    await host.ok('down', ...project);
    expect((await host.run('ip', ['netns', 'list'])).stdout).not.toContain('hstand');
  });
});
