import { mkdirSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { EdgeHost } from '../support/edge-host.ts';
import { installedCommand } from '../support/installed.ts';
import { KubernetesHost } from '../support/kubernetes-host.ts';
import { leaseSuite } from '../support/lease-suite.ts';
import { until } from '../support/until.ts';

const leases = '/apis/coordination.k8s.io/v1/namespaces/edge/leases';
const name = 'heddle-edge-controller';

/** A pod has its account there, and nobody else here sees it. */
const podOf = `
mount -t tmpfs none /run
mkdir -p /run/secrets/kubernetes.io
cp -r "$0" /run/secrets/kubernetes.io/serviceaccount
cp "$1" /run/secrets/kubernetes.io/serviceaccount/ca.crt
shift
exec "$@"`;

interface Lease {
  readonly metadata: { readonly annotations: Readonly<Record<string, string>> };
  readonly spec: { readonly holderIdentity: string; readonly leaseTransitions: number };
}

const cluster = new KubernetesHost();
beforeAll(() => cluster.startCluster());
afterAll(() => cluster.remove());
const lease = () => cluster.ask<Lease>('GET', `${leases}/${name}`);

describe('with a Lease of a real cluster, by certificates', () => {
  const host = new EdgeHost({ KUBECONFIG: cluster.kubeconfig });
  let isKilled = false;
  leaseSuite({
    host,
    flags: ['--lease', 'hub'],
    ports: [18_902, 18_903],
    start: () => (isKilled ? cluster.startApi() : Promise.resolve()),
    kill: () => {
      isKilled = true;
      return cluster.killApi();
    },
  });

  test('one that is deleted is made again, with the same holder and epoch', async () => {
    const before = await lease();
    await cluster.ask('DELETE', `${leases}/${name}`);
    await until('it is made again', async () => (await lease()).spec.holderIdentity !== '');
    const { metadata, spec } = await lease();
    expect(spec.holderIdentity).toBe(before.spec.holderIdentity);
    expect(metadata.annotations).toEqual(before.metadata.annotations);
  });

  test('nobody acts for long while the API server waits for its etcd', async () => {
    await until('it is up to date', () => host.isUpToDate('helsinki'));
    cluster.freeze(true);
    try {
      await until('the gateway says so', () => host.isStale('helsinki'));
      expect(await host.addresses('helsinki', 'api')).toHaveLength(1);
    } finally {
      cluster.freeze(false);
    }
    await until('it is up to date', () => host.isUpToDate('helsinki'));
  });

  test('one that may not ask says so, and acts not', async () => {
    const stranger = host.controller('three', '--listen', '127.0.0.1:18904', '--lease', 'stranger');
    await until('it says so', () => /waiting: .+ 403 .+\\"stranger\\" cannot get/.test(stranger.printed()));
    expect(stranger.printed()).not.toContain('the controller acts as leader');
    await stranger.end();
  });
});

describe('by a token, with the roles of the package', () => {
  const host = new EdgeHost();
  const port = 18_905;
  afterAll(() => host.remove());

  test('a controller in a pod needs no kubeconfig, and gives the Lease back when it ends', async () => {
    const account = host.path('account');
    mkdirSync(account);
    writeFileSync(`${account}/token`, await cluster.token());
    writeFileSync(`${account}/namespace`, 'edge');
    await host.certify();
    host.write({ api: ['h1'] });
    const pod = { KUBERNETES_SERVICE_HOST: '127.0.0.1', KUBERNETES_SERVICE_PORT: '16443', HOME: host.folder };
    Object.assign(host.env, pod, { KUBECONFIG: undefined });
    const flags = ['--kubernetes', 'berlin=inClusterContext', '--lease', 'inClusterContext'];
    const command = host.controllerArguments('pod', '--listen', `127.0.0.1:${port}`, ...flags);
    const inPod = [
      '--mount',
      'sh',
      '-ec',
      podOf,
      account,
      cluster.path('k8s.crt'),
      installedCommand,
      ...command,
    ];
    const running = host.launch('unshare', inPod);
    await until('it acts', () => running.printed().includes('the controller acts as leader'));
    const before = await lease();
    expect(before.spec.holderIdentity).not.toBe('');
    await running.end();
    const { metadata, spec } = await lease();
    expect(spec.holderIdentity).toBe('');
    expect(metadata.annotations).toEqual(before.metadata.annotations);
    expect(running.printed()).not.toMatch(/source is unreachable/);
  });

  test.each([
    ['GET', '/api/v1/namespaces/shop/secrets'],
    ['GET', '/api/v1/namespaces/edge/configmaps'],
    ['GET', '/api/v1/namespaces/default/services/kubernetes'],
    ['POST', '/api/v1/namespaces/shop/services'],
    ['DELETE', '/api/v1/namespaces/default/services/kubernetes'],
    ['POST', '/api/v1/namespaces/shop/pods'],
    ['GET', leases],
    ['DELETE', `${leases}/${name}`],
    ['GET', `${leases}/other`],
    ['PUT', `${leases}/other`],
    ['GET', leases.replace('edge', 'kube-system')],
    ['POST', leases.replace('edge', 'kube-system')],
    ['POST', '/api/v1/namespaces/edge/serviceaccounts/heddle-edge/token'],
  ])('%s %s is refused', async (method, where) => {
    const account = await cluster.as('account');
    const body = method === 'GET' ? undefined : {};
    const asked = account.ask(method, where, body, AbortSignal.timeout(5000));
    await expect(asked).rejects.toMatchObject({ status: 403 });
  });

  test('so is who shows nothing, or a token of somebody else', async () => {
    for (const authorization of [undefined, 'Bearer nonsense']) {
      const header = authorization ? ['-H', `Authorization: ${authorization}`] : [];
      const asked = await host.run('curl', [
        '-s',
        '--cacert',
        cluster.path('k8s.crt'),
        ...header,
        'https://127.0.0.1:16443/api/v1/services',
      ]);
      expect(JSON.parse(asked.stdout)).toMatchObject({ code: authorization ? 401 : 403 });
    }
  });
});
