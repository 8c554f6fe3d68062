import { expect, test } from 'vitest';
import { endpoint, node, pod, service, slice } from '../../../../test/support/kubernetes-objects.ts';
import { ClusterModel } from './cluster-model.ts';
import { type ClusterObjects, type Kind, keyOf, type Pod, type Service } from './objects.ts';

function objects(one: Service, rest: Partial<{ [K in Kind]: readonly ClusterObjects[K][] }> = {}) {
  const model = new ClusterModel();
  model.replace('nodes', rest.nodes ?? [node('b1'), node('b2', {}, '10.2.0.12')]);
  model.replace('endpointslices', rest.endpointslices ?? []);
  model.replace('pods', rest.pods ?? []);
  model.replace('services', [one]);
  return model.changes().get(`Service ${keyOf(one)}`);
}
const copies = (one: Service, rest: Parameters<typeof objects>[1]) => objects(one, rest)?.service?.copies;
const web = service('web');
const a = endpoint('web-a', '10.244.1.5', 'b1');

test('a service is published only if its owner says so', () => {
  for (const annotations of [{}, { 'heddle.io/edge': 'false' }] as Record<string, string>[])
    expect(objects(service('web', { annotations }))).toBeUndefined();
  expect(objects(web)?.service).toMatchObject({
    name: 'web',
    namespace: 'shop',
    explicit: false,
    steer: 'gateway',
    ports: [{ name: 'http', port: 80, protocol: 'tcp', application: 'http' }],
  });
});

test('the annotation says which ports are balanced at layer 4', () => {
  const annotations = { 'heddle.io/edge': '{ layer4: [sql, none] }' };
  const one = service('db', {
    annotations,
    ports: [
      { name: 'sql', port: 5432 },
      { name: 'metrics', port: 9187 },
    ],
  });
  expect(objects(one)?.service?.ports).toEqual([
    { name: 'sql', port: 5432, protocol: 'tcp', application: 'stream', layer: 4 },
    { name: 'metrics', port: 9187, protocol: 'tcp', application: 'stream' },
  ]);
  expect(objects(one)?.problem).toBe('has no port none for layer 4');
});

test('what is HTTP is proxied, and what is UDP is not HTTP', () => {
  const annotations = { 'heddle.io/edge': '{ layer4: [http] }' };
  const ports = [
    { name: 'http', port: 80, appProtocol: 'http' },
    { name: 'quic', port: 443, protocol: 'UDP', appProtocol: 'http' },
  ];
  expect(objects(service('web', { annotations, ports }))).toMatchObject({
    service: {
      ports: [
        { name: 'http', application: 'http' },
        { name: 'quic', application: 'stream' },
      ],
    },
    problem: 'has the port http for layer 4, but HTTP is spoken there: it is proxied',
  });
});

test('the annotation says how it is reached, and its name in its own namespace', () => {
  const annotations = {
    'heddle.io/edge': '{ as: shop-web, steer: direct, failover: 2, policy: { pin: [berlin] } }',
  };
  expect(objects(service('web', { annotations }))?.service).toMatchObject({
    name: 'shop-web',
    namespace: 'shop',
    explicit: true,
    steer: 'direct',
    failover: 2,
    policy: { pin: ['berlin'], exclude: [], weights: {}, by: 'delay' },
  });
});

test.each([
  ['{ as: other/web }', /as is the text "other.web": expected a DNS label/],
  ['{ steer: sideways }', /steer has to be gateway or direct/],
  ['yes please', /^has the annotation heddle.io.edge, which says "yes please"; it may be true/],
  ['{ steer', /cannot be read as YAML/],
  ['{ colour: red }', /"colour"/],
])('an annotation %s is a problem, and publishes nothing', (text, message) => {
  const { service: published, problem } =
    objects(service('web', { annotations: { 'heddle.io/edge': text } })) ?? {};
  expect(published).toBeUndefined();
  expect(problem).toMatch(message);
});

test('copies are the endpoints of all its slices, whatever these are called', () => {
  const other = slice('other', 'x', [endpoint('other-a', '10.244.1.9', 'b1')]);
  const misleading = { ...other, metadata: { ...other.metadata, name: 'web-zzzzz' } };
  const second = slice('web', '2', [endpoint('web-b', '10.244.2.6', 'b2')], {
    ports: [{ name: 'http', port: 9090, protocol: 'TCP' }],
  });
  expect(copies(web, { endpointslices: [slice('web', '1', [a]), second, misleading] })).toEqual([
    { id: 'web-a', node: 'b1', address: '10.244.1.5', ports: { http: 8080 }, ready: true, draining: false },
    { id: 'web-b', node: 'b2', address: '10.244.2.6', ports: { http: 9090 }, ready: true, draining: false },
  ]);
});

test.each([
  ['not ready', { ready: false, serving: false }, { ready: false, draining: false }],
  ['ending, and still answering', { ready: false, terminating: true }, { ready: true, draining: true }],
  [
    'ending, and silent',
    { ready: false, serving: false, terminating: true },
    { ready: false, draining: true },
  ],
])('an endpoint that is %s', (_, conditions, expected) => {
  const endpointslices = [slice('web', '1', [endpoint('web-a', '10.244.1.5', 'b1', conditions)])];
  expect(copies(web, { endpointslices })).toMatchObject([expected]);
});

test('an endpoint without conditions is ready', () => {
  const { conditions: _, ...bare } = a;
  expect(copies(web, { endpointslices: [slice('web', '1', [bare])] })).toMatchObject([
    { ready: true, draining: false },
  ]);
});

test('an endpoint in two slices at once is one copy, ready if either says so', () => {
  const stale = endpoint('web-a', '10.244.1.5', 'b1', { ready: false });
  const slices = [slice('web', '1', [stale]), slice('web', '2', [a])];
  for (const endpointslices of [slices, slices.toReversed()])
    expect(copies(web, { endpointslices })).toMatchObject([{ id: 'web-a', ready: true }]);
});

test('a pod with two families is one copy, at its address of the first', () => {
  const six = slice('web', '6', [endpoint('web-a', 'fd00:1::5', 'b1')], { addressType: 'IPv6' });
  const endpointslices = [slice('web', '4', [a]), six];
  const dual = (ipFamilies: string[]) => copies(service('web', { ipFamilies }), { endpointslices });
  expect(dual(['IPv4', 'IPv6'])).toMatchObject([{ id: 'web-a', address: '10.244.1.5' }]);
  expect(dual(['IPv6', 'IPv4'])).toMatchObject([{ id: 'web-a', address: 'fd00:1::5' }]);
});

test.each<[string, Partial<Record<string, unknown>>, object]>([
  ['that is not ready', pod('web-a', { ready: false }) as never, { ready: false }],
  ['that was asked to end', pod('web-a', { ending: true }) as never, { draining: true }],
  [
    'of the same name that is another',
    pod('web-a', { ready: false, uid: 'older' }) as never,
    { ready: true },
  ],
])('a pod %s is looked at before its slice says so', (_, one, expected) => {
  expect(
    copies(web, { endpointslices: [slice('web', '1', [a])], pods: [one as unknown as Pod] }),
  ).toMatchObject([expected]);
});

test('a pod that went does not come back with a slice that still names it; another of its name does', () => {
  const model = new ClusterModel();
  model.replace('nodes', [node('b1')]);
  model.replace('pods', [pod('web-a')]);
  model.replace('endpointslices', [slice('web', '1', [a])]);
  model.replace('services', [web]);
  const found = () => model.changes().get('Service shop/web')?.service?.copies;
  expect(found()).toHaveLength(1);
  model.set('pods', 'shop/web-a', undefined);
  expect(found()).toEqual([]);
  model.replace('pods', []);
  expect(found()).toBeUndefined();
  model.set('pods', 'shop/web-a', pod('web-a', { uid: 'newer' }));
  model.set(
    'endpointslices',
    'shop/web-1',
    slice('web', '1', [{ ...a, targetRef: { ...a.targetRef, uid: 'newer' } }]),
  );
  expect(found()).toHaveLength(1);
});

test('who publishes pods that are not ready means it', () => {
  const rest = { endpointslices: [slice('web', '1', [a])], pods: [pod('web-a', { ready: false })] };
  expect(copies(service('web', { publishNotReadyAddresses: true }), rest)).toMatchObject([{ ready: true }]);
});

test.each([
  [
    'whose containers have all ended while it is ending',
    { ending: true },
    [{ state: { terminated: {} } }],
    [],
  ],
  [
    'of which one still runs',
    { ending: true },
    [{ state: { terminated: {} } }, { state: { running: {} } }],
    [{}],
  ],
  ['that is not ending', {}, [{ state: { terminated: {} } }], [{}]],
])('a pod %s', (_, rest, containerStatuses, expected) => {
  const one = pod('web-a', rest);
  const ended = { ...one, status: { ...one.status, containerStatuses } };
  expect(copies(web, { endpointslices: [slice('web', '1', [a])], pods: [ended] })).toMatchObject(expected);
});

test('a NodePort is where the nodes answer for it, and its age is known', () => {
  const ports = [{ name: 'http', port: 8099, nodePort: 30_080 }];
  const one = service('web', { type: 'NodePort', ports });
  const metadata = { ...one.metadata, creationTimestamp: '2026-01-01T00:00:00Z' };
  const found = objects({ ...one, metadata }, { endpointslices: [slice('web', '1', [a])] })?.service;
  expect(found).toMatchObject({ since: Date.UTC(2026), copies: [{ nodePorts: { http: 30_080 } }] });
});

test('ports keep their names; a single one without has its protocol and number', () => {
  const dns = service('dns', {
    ports: [
      { name: 'dns', port: 53, protocol: 'UDP' },
      { name: 'dns-tcp', port: 53, protocol: 'TCP' },
      { name: 'assoc', port: 99, protocol: 'SCTP' },
    ],
  });
  const endpointslices = [
    slice('dns', '1', [endpoint('dns-a', '10.244.1.5', 'b1')], {
      ports: [
        { name: 'dns', port: 5353, protocol: 'UDP' },
        { name: 'dns-tcp', port: 5354, protocol: 'TCP' },
      ],
    }),
  ];
  expect(objects(dns, { endpointslices })).toMatchObject({
    service: { copies: [{ ports: { dns: 5353, 'dns-tcp': 5354 } }] },
    problem: 'has the port 99/SCTP, which is not carried',
  });
  const nameless = service('web', { ports: [{ port: 80 }] });
  expect(
    copies(nameless, { endpointslices: [slice('web', '1', [a], { ports: [{ port: 8080 }] })] }),
  ).toMatchObject([{ ports: { 'tcp-80': 8080 } }]);
});

test('a headless service has its pods, ports or not', () => {
  const headless = service('db', { ports: [] });
  const endpointslices = [slice('db', '1', [endpoint('db-0', '10.244.1.7', 'b1')], { ports: null })];
  expect(copies(headless, { endpointslices })).toMatchObject([{ id: 'db-0', ports: {} }]);
});

test('what has no node cannot be led to, and says so', () => {
  const { nodeName: _, targetRef: __, ...loose } = a;
  expect(objects(web, { endpointslices: [slice('web', '1', [loose])] })).toMatchObject({
    service: { copies: [] },
    problem: 'has the endpoint 10.244.1.5, which is on no node of the cluster, and is left out',
  });
});

test('an endpoint without any of the ports is left out, and the others are published', () => {
  const b = endpoint('web-b', '10.244.2.6', 'b2');
  const without = slice('web', '2', [b], { ports: [{ name: 'metrics', port: 9090 }] });
  expect(objects(web, { endpointslices: [slice('web', '1', [a]), without] })).toMatchObject({
    service: { copies: [{ id: 'web-a' }] },
    problem: "has the endpoint web-b, which has none of the service's ports, and is left out",
  });
});

test('slices may have no endpoints at all, and may name hosts', () => {
  const named = slice('web', 'x', [{ addresses: ['web.example.org'] }], { addressType: 'FQDN' });
  expect(objects(web, { endpointslices: [slice('web', '1', [], { endpoints: null }), named] })).toMatchObject(
    {
      service: { copies: [] },
      problem: expect.stringContaining('web.example.org'),
    },
  );
});

test('an ExternalName is not a service of the cluster', () => {
  expect(objects(service('web', { type: 'ExternalName' }))?.problem).toMatch(/ExternalName/);
});
