import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { endpoint, node, service, slice } from '../../src/edge/sources/kubernetes/fixture.ts';
import { paths } from '../../src/edge/sources/kubernetes/kubernetes-source.ts';
import { ApiServerStandIn } from '../../src/engines/kubernetes/stand-in.ts';
import { EdgeHost } from '../support/edge-host.ts';
import type { Running } from '../support/host.ts';
import { until } from '../support/until.ts';

const port = 18_893;
const folder = mkdtempSync(path.join(tmpdir(), 'heddle-kubernetes-'));
const kubeconfigs = ['north', 'south'].map((name) => path.join(folder, name));
const host = new EdgeHost({ KUBECONFIG: kubeconfigs.join(':') });
const merged = { 'heddle.io/edge': '{ as: shop, steer: direct, failover: 2 }' };
let north: ApiServerStandIn;
let south: ApiServerStandIn;
let controller: Running;

const start = () =>
  host.controller(
    'one',
    '--listen',
    `127.0.0.1:${port}`,
    '--kubernetes',
    'helsinki=north',
    '--kubernetes',
    'south',
  );
const copy = (on: string, ready = true) =>
  slice('web', '1', [endpoint('web-0', '10.244.0.5', on, { ready })]);

beforeAll(async () => {
  [north, south] = await Promise.all([ApiServerStandIn.start(), ApiServerStandIn.start()]);
  for (const [index, [server, name, on, address]] of (
    [
      [north, 'north', 'kh1', '10.1.0.21'],
      [south, 'south', 'kb1', '10.2.0.21'],
    ] as const
  ).entries()) {
    writeFileSync(kubeconfigs[index] ?? '', server.kubeconfig(name));
    server.put(paths.nodes, node(on, {}, address));
    server.put(paths.services, service('web', { annotations: merged }));
    server.put(paths.services, service('secret', { annotations: {} }));
    server.put(paths.endpointslices, copy(on));
    server.put(paths.endpointslices, slice('secret', '1', [endpoint('secret-0', '10.244.0.6', on)]));
  }
  await host.certify();
  host.write({ api: ['h1'] });
  controller = start();
  for (const site of ['helsinki', 'berlin']) host.gateway(site, port);
});
afterAll(async () => {
  await host.remove();
  await Promise.all([north.close(), south.close()]);
  rmSync(folder, { recursive: true });
});

test('one service of two clusters is answered with the nearer, and what is not published not at all', async () => {
  await host.answers('helsinki', 'shop', '10.1.0.21');
  await host.answers('berlin', 'shop', '10.2.0.21');
  expect(await host.addresses('berlin', 'api')).toEqual(['10.1.0.11']);
  expect(await host.kdig('berlin', 'secret')).toContain('NXDOMAIN');
});

test('a copy that is not ready is left for the other cluster’s, and taken again', async () => {
  south.put(paths.endpointslices, copy('kb1', false));
  const took = await host.answers('berlin', 'shop', '10.1.0.21');
  south.put(paths.endpointslices, copy('kb1'));
  await host.answers('berlin', 'shop', '10.2.0.21');
  expect(took).toBeLessThan(2000);
});

test('what happened while a cluster was cut off and forgot it is made up for', async () => {
  south.disconnect('half');
  south.put(paths.endpointslices, copy('kb1', false));
  south.put(paths.services, service('late', { annotations: { 'heddle.io/edge': '{ steer: direct }' } }));
  south.put(paths.endpointslices, slice('late', '1', [endpoint('late-0', '10.244.0.7', 'kb1')]));
  south.compact();
  await host.answers('berlin', 'late', '10.2.0.21');
  await host.answers('berlin', 'shop', '10.1.0.21');
});

test('a name that two claim without writing it out is told of with both, and the first keeps it', async () => {
  for (const server of [north, south])
    server.put(paths.services, service('twice', { annotations: { 'heddle.io/edge': 'true' } }));
  await until('the clash is told', () =>
    /kubernetes south: Service shop\/twice is published as shop\/twice, as is Service shop\/twice of kubernetes north/.test(
      controller.printed(),
    ),
  );
});

test('a cluster that is gone keeps its answers, and a controller that starts meanwhile leads to the others', async () => {
  await north.close();
  await until('it is missed', () => controller.printed().includes('the source is not heard'));
  expect(await host.addresses('berlin', 'shop')).toEqual(['10.1.0.21']);
  await controller.end();
  controller = start();
  south.put(paths.endpointslices, copy('kb1'));
  await host.answers('berlin', 'shop', '10.2.0.21');
  expect(await host.addresses('helsinki', 'shop')).toEqual(['10.1.0.21']);
});
