import { cpSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ApiServerStandIn } from '../../../src/engines/kubernetes/stand-in.ts';
import { EdgeHost } from '../../support/edge-host.ts';
import { expectError } from '../../support/expect-error.ts';
import type { Running } from '../../support/host.ts';
import { leaseSuite } from '../../support/lease-suite.ts';
import { until } from '../../support/until.ts';

describe('with etcd', () => {
  const host = new EdgeHost();
  const port = 12_379;
  let etcd: Running;
  leaseSuite({
    host,
    flags: ['--etcd', `http://127.0.0.1:${port}`],
    ports: [18_891, 18_892],
    start: async () => {
      etcd = await host.etcd(port);
    },
    kill: () => etcd.end('SIGKILL'),
  });
});

describe('with a Lease, of a stand-in for Kubernetes', () => {
  const host = new EdgeHost();
  const kubeconfig = host.path('kubeconfig');
  host.env['KUBECONFIG'] = kubeconfig;
  let server: ApiServerStandIn | undefined;
  afterAll(() => server?.close());
  leaseSuite({
    host,
    flags: ['--lease', 'edge=hub'],
    ports: [18_895, 18_896],
    start: async () => {
      if (server) return server.reopen();
      server = await ApiServerStandIn.start();
      writeFileSync(kubeconfig, server.kubeconfig('hub'));
    },
    kill: async () => server?.close(),
  });

  test('a controller takes one of both stores', async () => {
    const both = ['--etcd', 'http://127.0.0.1:1', '--lease', 'hub'];
    const outcome = await host.heddle('edge', 'controller', '-f', host.file, ...both);
    expect(outcome).toMatchObject({ code: 2, stderr: expect.stringMatching(/ERR_USAGE.*--etcd.*--lease/s) });
  });
});

describe('with etcd that knows its clients by certificates', () => {
  const host = new EdgeHost();
  const port = 12_381;
  const controller = (...flags: string[]) =>
    host.controller('one', '--listen', '127.0.0.1:18897', '--etcd', `https://127.0.0.1:${port}`, ...flags);
  beforeAll(async () => {
    await host.certify();
    host.write({ web: ['h1'] });
    await host.etcd(port, host.path('broker'));
  });
  afterAll(() => host.remove());

  test('who shows one of its authority acts', async () => {
    const running = controller('--etcd-tls', host.path('controller'));
    await until('it acts', () => running.printed().includes('the controller acts as leader'));
    await running.end();
    expect(running.exitCode()).toBe(0);
  });

  test('who does not know its authority waits, and says why', async () => {
    const running = controller();
    await until('it says why', () => /waiting: etcd at .+certificate/.test(running.printed()));
    await running.end();
    expect(running.printed()).not.toContain('the controller acts as leader');
  });

  test('so does one that etcd does not know', async () => {
    const other = ['--dir', host.path('other-ca')];
    await host.ok('edge', 'ca', 'init', ...other);
    await host.ok(
      'edge',
      'ca',
      'issue',
      'controller',
      '--host',
      '127.0.0.1',
      ...other,
      '--out',
      host.path('other'),
    );
    cpSync(host.path('controller', 'ca.crt'), host.path('other', 'ca.crt'));
    const running = controller('--etcd-tls', host.path('other'));
    await until('it says why', () => /waiting: etcd at .+alert/.test(running.printed()));
    await running.end();
    expect(running.printed()).not.toContain('the controller acts as leader');
  });

  test('a folder that lacks something is told of at once', async () => {
    const flags = ['--etcd', `https://127.0.0.1:${port}`, '--etcd-tls', host.path('nothing')];
    const args = ['edge', 'controller', '-f', host.file, '--tls', host.path('controller'), ...flags];
    expectError(await host.heddle(...args), 'ERR_EDGE_LEASE');
  });
});
