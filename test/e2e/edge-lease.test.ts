import { writeFileSync } from 'node:fs';
import { afterAll, describe, test } from 'vitest';
import { ApiServerStandIn } from '../../src/engines/kubernetes/stand-in.ts';
import { EdgeHost } from '../support/edge-host.ts';
import { expectError } from '../support/expect-error.ts';
import type { Running } from '../support/host.ts';
import { leaseSuite } from '../support/lease-suite.ts';

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
    expectError(await host.heddle('edge', 'controller', '-f', host.file, ...both), 'ERR_USAGE');
  });
});
