import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { endpoint, node, pod, service, slice } from '../../../../test/support/kubernetes-objects.ts';
import { connectCluster } from '../../../engines/kubernetes/connect.ts';
import { ApiServerStandIn } from '../../../engines/kubernetes/stand-in.ts';
import { makeCertificate, makeRoot } from '../../../lib/x509.ts';
import type { SourceObject } from '../source.ts';
import { KubernetesSource, paths } from './kubernetes-source.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'heddle-kubernetes-'));
const kubeconfig = path.join(folder, 'config');
const until = <T>(check: () => T) => vi.waitFor(check, { interval: 2, timeout: 5000 });
const trouble = vi.fn();
let server: ApiServerStandIn;
let source: KubernetesSource;
let objects: Map<string, SourceObject>;
let calls: number;

beforeAll(() => vi.stubEnv('KUBECONFIG', kubeconfig));
afterAll(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

async function begin(user: object = {}): Promise<void> {
  writeFileSync(kubeconfig, server.kubeconfig('shop', user));
  source = new KubernetesSource('shop', await connectCluster('shop'));
  objects = new Map();
  calls = 0;
  trouble.mockReset();
  source.start({
    change: (change) => {
      calls++;
      for (const [origin, now] of change) {
        if (now) objects.set(origin, now);
        else objects.delete(origin);
      }
    },
    trouble,
  });
}
function fill(): void {
  server.put(paths.nodes, node('b1'));
  server.put(paths.services, service('web'));
  server.put(paths.pods, pod('web-a'));
  server.put(paths.endpointslices, slice('web', '1', [endpoint('web-a', '10.244.1.5', 'b1')]));
}

beforeEach(async () => {
  server = await ApiServerStandIn.start();
  fill();
});
afterEach(async () => {
  await source.close();
  await server.close();
});

test('the first it tells is all there is', async () => {
  await begin();
  await until(() => expect(calls).toBe(1));
  expect([...objects.keys()].sort()).toEqual(['Node b1', 'Service shop/web']);
  expect(objects.get('Service shop/web')?.service?.copies).toMatchObject([
    { id: 'web-a', node: 'b1', ready: true },
  ]);
});

test('an empty cluster is heard as well', async () => {
  for (const kind of ['nodes', 'services', 'pods', 'endpointslices'] as const)
    for (const one of server.objects(paths[kind]))
      server.delete(paths[kind], kind === 'nodes' ? one.metadata.name : `shop/${one.metadata.name}`);
  await begin();
  await until(() => expect(calls).toBe(1));
  expect(objects.size).toBe(0);
});

test('a pod that ends is known at once, and a service that is published no more is gone', async () => {
  await begin();
  await until(() => expect(calls).toBe(1));
  server.put(paths.pods, pod('web-a', { ending: true }));
  await until(() =>
    expect(objects.get('Service shop/web')?.service?.copies).toMatchObject([{ draining: true }]),
  );
  server.put(paths.services, service('web', { annotations: {} }));
  await until(() => expect(objects.has('Service shop/web')).toBe(false));
});

test('a change while it was cut off is told, and nothing else', async () => {
  await begin();
  await until(() => expect(calls).toBe(1));
  const before = structuredClone(objects.get('Node b1'));
  server.disconnect('half');
  server.compact();
  server.put(paths.endpointslices, slice('web', '1', []));
  await until(() => expect(objects.get('Service shop/web')?.service?.copies).toEqual([]));
  expect(calls).toBe(2);
  expect(objects.get('Node b1')).toEqual(before);
});

test('nothing is told while a part cannot be listed; what is wrong is told once', async () => {
  server.failing = 403;
  await begin();
  await until(() => expect(trouble).toHaveBeenCalled());
  expect(calls).toBe(0);
  server.failing = undefined;
  await until(() => expect(calls).toBe(1));
  await until(() =>
    expect(trouble.mock.calls).toEqual([[expect.stringMatching(/^\/api.*: 403 as the test/)], [undefined]]),
  );
});

test('another reason why a cluster is not heard is told as well', async () => {
  await begin();
  await until(() => expect(calls).toBe(1));
  const last = (problem: unknown) => until(() => expect(trouble).toHaveBeenLastCalledWith(problem));
  await server.close();
  await last(expect.stringContaining('ECONNREFUSED'));
  server.failing = 403;
  await server.reopen();
  await last(expect.stringContaining('403 as the test wants it'));
  server.failing = undefined;
  await last(undefined);
});

test('a cluster that asks for a certificate is shown the user’s', async () => {
  await server.close();
  const root = await makeRoot('stand-in', Date.now());
  const serving = await makeCertificate(
    root,
    { commonName: 'api', hosts: ['127.0.0.1'], days: 1 },
    Date.now(),
  );
  const user = await makeCertificate(root, { commonName: 'heddle', hosts: [], days: 1 }, Date.now());
  server = await ApiServerStandIn.start({
    key: serving.key,
    cert: serving.certificate,
    ca: root.certificate,
  });
  fill();
  const data = (text: string) => Buffer.from(text).toString('base64');
  await begin({ 'client-certificate-data': data(user.certificate), 'client-key-data': data(user.key) });
  await until(() => expect(objects.size).toBe(2));
  await source.close();
  const files = { 'client-certificate': 'user.crt', 'client-key': 'user.key' };
  for (const [name, content] of [
    ['user.crt', user.certificate],
    ['user.key', user.key],
  ] as const)
    writeFileSync(path.join(folder, name), content);
  await begin(files);
  await until(() => expect(objects.size).toBe(2));
  await source.close();
  const apiVersion = 'client.authentication.k8s.io/v1';
  const status = { clientCertificateData: user.certificate, clientKeyData: user.key };
  const answer = path.join(folder, 'answer');
  writeFileSync(answer, JSON.stringify({ apiVersion, kind: 'ExecCredential', status }));
  await begin({ exec: { apiVersion, command: 'cat', args: [answer] } });
  await until(() => expect(objects.size).toBe(2));
  await source.close();
  await begin();
  await until(() => expect(trouble).toHaveBeenCalled());
  expect(calls).toBe(0);
});

test('owners are told by events on their Services', async () => {
  server.put(paths.services, service('yes', { annotations: { 'heddle.io/edge': 'yes' } }));
  await begin();
  await until(() => expect(calls).toBe(1));
  const notice = { reason: 'NotPublished', isWarning: true, message: 'write true' };
  source.notify(
    new Map([
      ['Service shop/yes', [notice]],
      ['Service shop/nobody', [notice]],
      ['Node b1', [notice]],
    ]),
  );
  const events = () => server.objects('/apis/events.k8s.io/v1/namespaces/shop/events');
  await until(() => expect(events()).toHaveLength(1));
  const { uid } =
    server.objects(paths.services).find(({ metadata }) => metadata.name === 'yes')?.metadata ?? {};
  expect(events()[0]).toMatchObject({
    regarding: { kind: 'Service', name: 'yes', namespace: 'shop', uid },
    note: 'write true',
  });
});
