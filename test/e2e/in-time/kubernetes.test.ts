import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { paths } from '../../../src/edge/sources/kubernetes/kubernetes-source.ts';
import { ApiServerStandIn } from '../../../src/engines/kubernetes/stand-in.ts';
import { EdgeHost } from '../../support/edge-host.ts';
import type { Running } from '../../support/host.ts';
import { endpoint, node, service, slice } from '../../support/kubernetes-objects.ts';
import { until } from '../../support/until.ts';

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

test('a newcomer takes neither port nor short name, not by a restart of the controller either, and both are told', async () => {
  const ports = [{ name: 'raw', port: 7001 }];
  const of = (name: string, namespace: string) => {
    const one = service(name, { annotations: { 'heddle.io/edge': 'true' }, ports });
    return { ...one, metadata: { ...one.metadata, namespace } };
  };
  south.put(paths.services, of('named', 'shop'));
  const names = () => host.ok('edge', 'names', '--at', 'berlin');
  await until('it has them', async () => /^7001\/tcp +port +service shop\/named$/m.test(await names()));
  // It sorts before who had them, and is of the cluster that was named first.
  north.put(paths.services, of('named', 'a'));
  const keeps = async () => {
    const found = await names();
    expect(found).toMatch(/^7001\/tcp +port +service shop\/named$/m);
    expect(found).toMatch(/^7001\/tcp +port +not to service a\/named: shop\/named has it$/m);
    expect(found).toMatch(/^named\.edge\.internal +alias +service shop\/named$/m);
    expect(found).toMatch(
      /^named\.edge\.internal +alias +not to service a\/named: service shop\/named has it$/m,
    );
    return true;
  };
  await until('the newcomer is refused', keeps);
  const events = (server: ApiServerStandIn, namespace: string) =>
    (server.objects(`/apis/events.k8s.io/v1/namespaces/${namespace}/events`) as { reason?: string }[])
      .map(({ reason }) => reason)
      .sort();
  await until('the newcomer is told', () => events(north, 'a').join() === 'NameTaken,PortTaken');
  for (const reason of ['NameWanted', 'PortWanted'])
    await until(`the holder is told of ${reason}`, () => events(south, 'shop').includes(reason));
  await controller.end();
  controller = start();
  await until('it acts', () => controller.printed().includes('the controller acts as leader'));
  await host.answers('berlin', 'shop', '10.1.0.21');
  await keeps();
});

test('a service that is reached directly is found at its NodePort, once', async () => {
  const ports = [{ name: 'http', port: 8099, nodePort: 30_080 }];
  const annotations = { 'heddle.io/edge': '{ steer: direct }' };
  south.put(paths.services, service('ported', { annotations, type: 'NodePort', ports }));
  const endpoints = ['5', '6'].map((last) => endpoint(`ported-${last}`, `10.244.0.${last}`, 'kb1'));
  south.put(paths.endpointslices, slice('ported', '1', endpoints));
  await host.answers('berlin', 'ported', '10.2.0.21');
  const found = await host.kdig('berlin', '_http._tcp.ported', 'SRV');
  expect(found.match(/IN\tSRV\t.*/g)).toEqual(['IN\tSRV\t0 1 30080 kb1.node.edge.internal.']);
});

test('a cluster that is gone keeps its answers, and a controller that starts meanwhile leads to the others', async () => {
  await north.close();
  await until('it is missed', () => controller.printed().includes('source is unreachable'));
  expect(await host.addresses('berlin', 'shop')).toEqual(['10.1.0.21']);
  await controller.end();
  controller = start();
  south.put(paths.endpointslices, copy('kb1'));
  await host.answers('berlin', 'shop', '10.2.0.21');
  expect(await host.addresses('helsinki', 'shop')).toEqual(['10.1.0.21']);
});
