import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeEach, expect, test, vi } from 'vitest';
import { copyOf, serviceOf } from '../../../test/support/edge-model.ts';
import { endpoint, node, service, slice } from '../../../test/support/kubernetes-objects.ts';
import { connectCluster } from '../../engines/kubernetes/connect.ts';
import { ApiServerStandIn } from '../../engines/kubernetes/stand-in.ts';
import { createLog } from '../../lib/log.ts';
import type { EdgeModel, ModelChange } from '../model/model.ts';
import { KubernetesSource, paths } from './kubernetes/kubernetes-source.ts';
import type { Publication, SourceObject } from './source.ts';
import { Sources } from './sources.ts';
import { TestSource } from './test-source.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'heddle-sources-'));
const file = path.join(folder, 'edge.yaml');
const text = (services: string) => `
sites: { berlin: { gateway: [10.2.0.1] } }
nodes: { b1: { site: berlin, addresses: [10.2.0.11] } }
services: { ${services} }
`;
const web = 'shop/web: { ports: {}, copies: [{ node: b1, address: 10.2.9.1 }] }';
const log = createLog();
vi.spyOn(log, 'warn').mockReturnValue();
vi.spyOn(log, 'info').mockReturnValue();
const logged = vi.spyOn(log, 'error').mockReturnValue();

const taken: ModelChange[] = [];
const said = new TestSource();
let sources: Sources;
const { sources: _, ...api } = serviceOf('api', { copies: [copyOf('api', 'b1')] });

beforeEach(() => {
  writeFileSync(file, text(web));
  taken.length = 0;
  logged.mockClear();
  sources = new Sources(file, [said], log);
  sources.start((change) => taken.push(change));
  return () => sources.close();
});
afterEach(() => rmSync(file, { force: true }));
afterAll(() => rmSync(folder, { recursive: true }));

test('nothing is told before every source has been heard', async () => {
  const isSynced = vi.fn();
  sources.synced.then(isSynced);
  await Promise.resolve();
  expect(taken).toEqual([]);
  expect(isSynced).not.toHaveBeenCalled();
  said.say({ api: { service: { ...api, explicit: false } } });
  await sources.synced;
  expect(taken).toHaveLength(1);
  expect([...(taken[0]?.services.keys() ?? [])].sort()).toEqual(['shop/api', 'shop/web']);
  expect(taken[0]?.places?.nodes).toHaveProperty('b1');
});

test('a change of the file tells what is different in it', async () => {
  said.say({});
  writeFileSync(file, text('shop/shop: { ports: {} }'));
  await vi.waitFor(() => expect(taken).toHaveLength(2), { interval: 5 });
  expect(taken[1]?.services.get('shop/web')).toBeUndefined();
  expect([...(taken[1]?.services.keys() ?? [])].sort()).toEqual(['shop/shop', 'shop/web']);
});

test('a file that is wrong changes nothing', async () => {
  said.say({});
  const [own] = sources.figures();
  expect(own).toMatchObject({ source: `static ${file}`, isReachable: true, errors: 0 });
  writeFileSync(file, 'sites: [');
  await vi.waitFor(() => expect(logged).toHaveBeenCalled(), { interval: 5 });
  expect(taken).toHaveLength(1);
  expect(sources.figures()[0]).toEqual({ ...own, isReachable: false, errors: 1 });
});

test('a clash with the file is told once, and the file has the name', () => {
  said.say({ web: { service: { ...api, name: 'web', explicit: false } } });
  said.say({ api: { service: { ...api, explicit: false } } });
  expect(taken[0]?.services.get('shop/web')?.sources).toEqual([`static ${file}`]);
  const clashes = logged.mock.calls.map(([about]) => JSON.stringify(about));
  expect(clashes).toEqual([
    expect.stringMatching(/said: web is published as shop\/web, as is services.shop\/web of static/),
  ]);
  expect(sources.problems).toBe(1);
});

test('two clusters have one service where both write the name out, and one that is cut off keeps its copies', async () => {
  await sources.close();
  const clusters = await Promise.all(['east', 'west'].map(() => ApiServerStandIn.start()));
  const kubeconfig = path.join(folder, 'config');
  vi.stubEnv('KUBECONFIG', kubeconfig);
  const opened: KubernetesSource[] = [];
  for (const [index, server] of clusters.entries()) {
    const name = `cluster-${index}`;
    server.put(paths.nodes, node(`k${index}`));
    server.put(paths.services, service('api', { annotations: { 'heddle.io/edge': '{ as: api }' } }));
    server.put(
      paths.endpointslices,
      slice('api', '1', [endpoint('api-0', `10.24${index}.0.5`, `k${index}`)]),
    );
    writeFileSync(kubeconfig, server.kubeconfig(name));
    opened.push(new KubernetesSource(name, await connectCluster(name), 'berlin'));
  }
  sources = new Sources(file, opened, log);
  const copies = new Map<string, string[]>();
  sources.start(({ services }) => {
    for (const [key, one] of services)
      copies.set(key, one?.copies.map(({ id, address }) => `${id} ${address}`) ?? []);
  });
  await sources.synced;
  expect(copies.get('shop/api')).toEqual(['api-0 10.240.0.5', 'api-0-2 10.241.0.5']);
  await clusters[0]?.close();
  clusters[1]?.put(paths.endpointslices, slice('api', '1', []));
  await vi.waitFor(() => expect(copies.get('shop/api')).toEqual(['api-0 10.240.0.5']), { interval: 5 });
  await sources.close();
  await clusters[1]?.close();
  vi.unstubAllEnvs();
});

test('a source that looks nodes up in the file hears what it says, at first and whenever it changes', async () => {
  const declared: string[][] = [];
  const declare = ({ nodes }: EdgeModel) => void declared.push(Object.keys(nodes));
  const both = new Sources(file, [Object.assign(new TestSource(), { declare })], log);
  both.start(() => {});
  expect(declared).toEqual([['b1']]);
  writeFileSync(file, text('').replace('b1:', 'b2:'));
  await vi.waitFor(() => expect(declared).toEqual([['b1'], ['b2']]), { interval: 5 });
  await both.close();
});

const stream = (name: string, port: number, rest: Partial<Publication> = {}): SourceObject => ({
  service: {
    ...api,
    name,
    explicit: false,
    ports: [{ name: 'raw', port, protocol: 'tcp', application: 'stream' }],
    ...rest,
  },
});

test('a port and a short name stay with who had them over a restart, and both owners are told', async () => {
  said.say({ 'Service shop/named': stream('named', 7001) });
  const notify = vi.fn();
  Object.assign(said, { notify });
  sources.speak(true);
  said.say({ 'Service other/named': stream('named', 7001, { namespace: 'other' }) });
  expect(taken.at(-1)?.services.get('other/named')).toMatchObject({ ports: [], given: { alias: false } });
  const notices = notify.mock.lastCall?.[0] as Map<string, { reason: string; message: string }[]>;
  expect(notices.get('Service other/named')?.map(({ reason }) => reason)).toEqual(['NameTaken', 'PortTaken']);
  expect(notices.get('Service shop/named')?.map(({ reason }) => reason)).toEqual([
    'NameWanted',
    'PortWanted',
  ]);
  expect(logged).toHaveBeenCalledWith(
    { problem: 'said: Service other/named is not given the port 7001/tcp: shop/named has it' },
    'published in part',
  );
  sources.speak(false);
  expect(notify).toHaveBeenLastCalledWith(new Map());
  said.say({});
  expect(notify).toHaveBeenLastCalledWith(new Map());
  const kept = sources.kept();
  await sources.close();
  const again = new TestSource();
  sources = new Sources(file, [again], log);
  sources.recall(kept);
  const later: ModelChange[] = [];
  sources.start((change) => void later.push(change));
  again.say({
    'Service other/named': stream('named', 7001, { namespace: 'other', since: 1 }),
    'Service shop/named': stream('named', 7001, { since: 2 }),
  });
  expect(later[0]?.services.get('shop/named')?.ports).toHaveLength(1);
  expect(later[0]?.services.get('other/named')?.ports).toEqual([]);
});

test('the file says what namespaces may publish, now and when it changes', async () => {
  writeFileSync(file, `${text('')}\npublish: { shop: true }\n`);
  said.say({ 'Service other/x': stream('x', 7002, { namespace: 'other' }) });
  await vi.waitFor(() => expect(taken.at(-1)?.services.get('other/x')).toBeUndefined(), { interval: 5 });
  await vi.waitFor(
    () =>
      expect(logged).toHaveBeenCalledWith(
        { problem: expect.stringContaining('lets the namespace other publish nothing') },
        'not published',
      ),
    { interval: 5 },
  );
  writeFileSync(file, text(''));
  await vi.waitFor(() => expect(taken.at(-1)?.services.get('other/x')?.ports).toHaveLength(1), {
    interval: 5,
  });
});

test('one source that cannot be heard does not keep the others from going on for long', async () => {
  await sources.close();
  const [good, bad] = [new TestSource(), Object.assign(new TestSource(), { name: 'bad' })];
  sources = new Sources(file, [good, bad], log, 50);
  const later: ModelChange[] = [];
  sources.start((change) => void later.push(change));
  good.say({});
  bad.sink?.trouble('the exec plugin login: it did not answer');
  expect(later).toHaveLength(0);
  await vi.waitFor(() => expect(later).toHaveLength(1), { interval: 5 });
  await sources.synced;
  expect(logged).toHaveBeenCalledWith({ sources: ['bad'] }, expect.stringContaining('publishing without'));
});
