import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ApiError } from '../../src/engines/kubernetes/api-error.ts';
import { EdgeHost } from '../support/edge-host.ts';
import type { Running } from '../support/host.ts';
import { packagedManifests } from '../support/kubernetes-access.ts';
import { KubernetesHost } from '../support/kubernetes-host.ts';
import { service } from '../support/kubernetes-objects.ts';
import { addresses, KubernetesShop, shop } from '../support/kubernetes-shop.ts';
import { until } from '../support/until.ts';

const port = 18_901;
const cluster = new KubernetesHost();
const web = new KubernetesShop(cluster);
const host = new EdgeHost({ KUBECONFIG: cluster.kubeconfig });
let controller: Running;

beforeAll(async () => {
  await cluster.startCluster();
  await web.open();
  await host.certify();
  host.write({ api: ['h1'] });
  // By a token, with the roles of the package.
  controller = host.controller('one', '--listen', `127.0.0.1:${port}`, '--kubernetes', 'account');
  for (const site of ['helsinki', 'berlin']) host.gateway(site, port);
});
afterAll(async () => {
  await host.remove();
  await cluster.remove();
});

const isThere = async (name: string) => (await host.addresses('helsinki', name)).length > 0;
const isNot = async (name: string) => (await host.kdig('helsinki', name)).includes('NXDOMAIN');

test('services are led to at the nearest copy, and what is not published is not answered', async () => {
  await host.answers('helsinki', 'web', addresses.kh1);
  await host.answers('berlin', 'web', addresses.kb1);
  expect(await isNot('secret')).toBe(true);
});

test('a change is answered a moment after it was written', async () => {
  const took: number[] = [];
  for (let round = 0; round < 20; round++) {
    const [ready, address] = round % 2 ? ['kb1' as const, addresses.kb1] : ['kh1' as const, addresses.kh1];
    const began = performance.now();
    await web.ready(ready);
    const isSo = async () => (await host.addresses('berlin', 'web')).join() === address;
    await until(`berlin answers ${address}`, isSo, 20_000, 1);
    took.push(performance.now() - began);
  }
  took.sort((a, b) => a - b);
  const [middle, last] = [took[10] ?? 0, took.at(-1) ?? 0].map(Math.round);
  console.log(
    `written to Kubernetes, answered by a gateway: half within ${middle} ms, all within ${last} ms`,
  );
  expect(last).toBeLessThan(2000);
  await web.ready('kh1', 'kb1');
  await host.answers('berlin', 'web', addresses.kb1);
});

test('a copy is left when its pod is asked to end, before any slice says so, and stays left', async () => {
  await cluster.ask('DELETE', `${shop.pods}/web-kb1`);
  await host.answers('berlin', 'web', addresses.kh1);
  await cluster.ask('DELETE', `${shop.pods}/web-kb1?gracePeriodSeconds=0`);
  // What is written later is heard later: by then it is known that the pod is gone.
  await web.add('later', 'kb1');
  await host.answers('berlin', 'later', addresses.kb1);
  expect(await host.addresses('berlin', 'web')).toEqual([addresses.kh1]);
  // Another pod of the same name, as a StatefulSet makes it.
  await web.run('kb1');
  await web.ready('kh1', 'kb1');
  await host.answers('berlin', 'web', addresses.kb1);
});

test('more services than an answer of the API server holds are all there', async () => {
  const names = Array.from({ length: 1100 }, (_, index) => `many-${index}`);
  for (let index = 0; index < names.length; index += 50)
    await Promise.all(
      names
        .slice(index, index + 50)
        .map((name) =>
          cluster.ask(
            'POST',
            shop.services,
            service(name, { annotations: { 'heddle.io/edge': '{ steer: direct }' } }),
          ),
        ),
    );
  const { items } = await (await cluster.as('account')).list('/api/v1/services', AbortSignal.timeout(10_000));
  // Its own, `kubernetes`, and those of the shop.
  expect(items).toHaveLength(1100 + 1 + 3);
  await until('the last is known', async () =>
    (await host.kdig('helsinki', 'many-1099')).includes('status: NOERROR'),
  );
});

test('the API server is killed again and again, and nothing is lost or invented', async () => {
  const told = controller.printed().length;
  const seen = new Set<string>();
  let isOver = false;
  const watching = (async () => {
    while (!isOver)
      for (const site of ['helsinki', 'berlin']) seen.add((await host.addresses(site, 'web')).join());
  })();
  try {
    const there = new Map<string, boolean>();
    for (let round = 0; round < 3; round++) {
      for (let index = 0; index < 6; index++) {
        await web.add(`s${round}-${index}`, index % 2 ? 'kh1' : 'kb1');
        there.set(`s${round}-${index}`, true);
      }
      for (const [name, isUp] of [...there].filter((_, index) => index % 3 === 0)) {
        if (!isUp) continue;
        await web.remove(name);
        there.set(name, false);
      }
      await cluster.killApi();
      await cluster.startApi();
    }
    await web.add('last', 'kh1');
    for (const [name, isUp] of there)
      await until(`${name} is ${isUp ? 'there' : 'gone'}`, () => (isUp ? isThere(name) : isNot(name)));
    await until('the last one is there', () => isThere('last'));
  } finally {
    isOver = true;
    await watching;
  }
  expect([...seen].sort()).toEqual([addresses.kh1, addresses.kb1]);
  expect(controller.printed().slice(told)).not.toMatch(/is not understood/);
});

test('a controller that slept while etcd forgot what happened lists all again', async () => {
  const { resourceVersion } = await (await cluster.as('admin')).list(
    shop.services,
    AbortSignal.timeout(10_000),
  );
  await web.add('goes', 'kh1');
  await until('it is there', () => isThere('goes'));
  controller.signal('SIGSTOP');
  try {
    await web.remove('goes');
    await web.add('comes', 'kb1');
    await web.ready('kh1');
    await cluster.killApi();
    await cluster.compact();
    await cluster.startApi();
    await web.add('after', 'kb1');
    expect(await watchFrom(resourceVersion)).toMatchObject({ status: 410 });
  } finally {
    controller.signal('SIGCONT');
  }
  await host.answers('berlin', 'web', addresses.kh1);
  for (const name of ['comes', 'after']) await until(`${name} is there`, () => isThere(name));
  await until('what went is not', () => isNot('goes'));
});

test('a watch that the API server ends is taken up without a word', async () => {
  const told = controller.printed().length;
  const before = await cluster.endedWatches('endpointslices');
  const isEnded = async () => (await cluster.endedWatches('endpointslices')) > before;
  await until('it ends one', isEnded, 60_000, 500);
  await web.ready('kh1', 'kb1');
  await host.answers('berlin', 'web', addresses.kb1);
  expect(controller.printed().slice(told)).not.toContain('source is unreachable');
});

test('who loses the right to look keeps what was seen, says what is refused, and goes on when it is given back', async () => {
  const bindings = '/apis/rbac.authorization.k8s.io/v1/clusterrolebindings';
  const told = controller.printed().length;
  const binding = packagedManifests().find(({ kind }) => kind === 'ClusterRoleBinding');
  await cluster.ask('DELETE', `${bindings}/heddle-edge`);
  // Who asks again is looked at again; a watch that is open stays open.
  await cluster.killApi();
  await cluster.startApi();
  await until('it says so', () => /403 .+ cannot (list|watch)/.test(controller.printed().slice(told)));
  await web.ready('kh1');
  const refused = controller.printed().length;
  await until('it was refused again', () =>
    /403 .+ cannot (list|watch)/.test(controller.printed().slice(refused)),
  );
  expect(await host.addresses('berlin', 'web')).toEqual([addresses.kb1]);
  await cluster.ask('POST', bindings, binding);
  await host.answers('berlin', 'web', addresses.kh1);
});

/** What the API server refuses to watch with, after a state of the cluster. */
async function watchFrom(resourceVersion: string): Promise<ApiError | undefined> {
  try {
    const admin = await cluster.as('admin');
    const events = await admin.watch(shop.services, resourceVersion, AbortSignal.timeout(10_000));
    for await (const _ of events) return undefined;
  } catch (error) {
    return error as ApiError;
  }
  return undefined;
}
