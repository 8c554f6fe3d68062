import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { EtcdClient } from '../../../src/state/etcd/client.ts';
import { Entries } from '../../../src/state/etcd/entries.ts';
import { under } from '../../../src/state/etcd/keys.ts';
import { Mirror } from '../../../src/state/etcd/mirror.ts';
import { openStateManager } from '../../../src/state/open-manager.ts';
import { etcdSettings } from '../../../src/state/settings.ts';
import type { Changed, StateManager } from '../../../src/state/state-manager.ts';
import { CuttingProxy } from '../../support/cutting-proxy.ts';
import { EtcdCluster } from '../../support/etcd-cluster.ts';
import { TestHost } from '../../support/host.ts';
import { stateSuite } from '../../support/state-suite.ts';
import { until } from '../../support/until.ts';

const host = new TestHost();
const cluster = new EtcdCluster(host, 13_500);
beforeAll(async () => {
  await cluster.certify();
  await cluster.start();
});
afterAll(async () => {
  await cluster.kill(0, 1, 2);
  await host.remove();
});

/** Each test has a state of its own. */
let prefix: string;
let opened: StateManager[];
beforeEach(() => {
  prefix = `/heddle/${randomUUID()}/`;
  opened = [];
});
afterEach(async () => {
  await Promise.all(opened.map((state) => state.close()));
});
async function open(etcd: object = cluster.settings): Promise<StateManager> {
  const state = await openStateManager({ etcd: etcdSettings.parse({ ...etcd, prefix }) });
  opened.push(state);
  return state;
}
const put = (state: StateManager, key: string, value: unknown) => state.commit([], [{ key, value }]);

/** What is told of it from now on, until the test ends. */
function watched(state: StateManager, after: number) {
  const seen: Changed[] = [];
  const stop = new AbortController();
  const over = (async () => {
    for await (const one of state.watch('', after, stop.signal)) seen.push(one);
  })();
  return { seen, over, stop };
}

describe('the state in etcd is a state manager:', () =>
  stateSuite(async () => openStateManager({ etcd: etcdSettings.parse({ ...cluster.settings, prefix }) })));

test('two managers commit at once, and see the same changes in the same order', async () => {
  const both = [await open(), await open()];
  await put(both[0]!, 'counter', 0);
  const add = async (state: StateManager): Promise<void> => {
    const { revision = 0, value = 0 } = (await state.get('counter')) ?? {};
    const change = { key: 'counter', value: Number(value) + 1 };
    if ((await state.commit([{ key: 'counter', revision }], [change])) === undefined) await add(state);
  };
  const watching = both.map((state) => watched(state, 0));
  await Promise.all([...both, ...both, ...both, ...both].map(add));
  await until('both are told', () => watching.every(({ seen }) => seen.at(-1)?.value === 8));
  expect(watching[0]?.seen).toEqual(watching[1]?.seen);
  expect(watching[0]?.seen).toHaveLength(9);
});

test('a commit whose answer is lost is made once, and known to be made', async () => {
  const proxy = await CuttingProxy.start(cluster.plain(0));
  const state = await open({ endpoints: [proxy.url] });
  const before = (await put(state, 'a', 'first')) ?? 0;
  const { seen } = watched(state, before);
  for (const faults of [
    ['answer'],
    ['question'],
    ['late'],
    ['answer', 'answer'],
    ['question', 'answer', 'late'],
  ] as const) {
    proxy.faults.push(...faults);
    const { revision = 0 } = (await state.get('a')) ?? {};
    const done = await state.commit([{ key: 'a', revision }], [{ key: 'a', value: faults.join() }]);
    expect(await state.get('a')).toEqual({ key: 'a', value: faults.join(), revision: done });
    expect(proxy.faults).toEqual([]);
  }
  // What is refused stays so.
  proxy.faults.push('late');
  expect(
    await state.commit([{ key: 'a', revision: before }], [{ key: 'a', value: 'never' }]),
  ).toBeUndefined();
  await put(state, 'b', 'last');
  await until('all is told', () => seen.at(-1)?.key === 'b');
  expect(seen.map(({ value }) => value)).toEqual([
    'answer',
    'question',
    'late',
    'answer,answer',
    'question,answer,late',
    'last',
  ]);
  proxy.close();
});

test('changes that are compacted are not told, and the state is known all the same', async () => {
  const state = await open();
  const proxy = await CuttingProxy.start(cluster.plain(0));
  const client = new EtcdClient([proxy.url]);
  const stop = new AbortController();
  const base = `${prefix}entries/`;
  const mirror = new Mirror(client, new Entries(client, base), base, stop.signal);
  await put(state, 'gone', 1);
  for (let value = 0; value < 5; value++) await put(state, 'a', value);
  await until('it is known', () => mirror.known.get('a')?.value === 4);
  proxy.leaves();
  await until('nobody is reached', () => mirror.isLost);
  await state.commit([], [{ key: 'gone', delete: true }]);
  const revision = (await put(state, 'a', 'last')) ?? 0;
  await cluster.ask('kv/compaction', { revision: `${revision}`, physical: true });
  proxy.returns();
  await until('it is known', () => mirror.known.revision === revision);
  expect(mirror.known.list('').entries).toEqual((await state.list('')).entries);
  await until('it is followed', () => !mirror.isLost);
  stop.abort();
  client.close();
  proxy.close();
  for (const after of [revision - 2, revision + 1000])
    await expect(watched(state, after).over).rejects.toMatchObject({ code: 'ERR_WATCH_EXPIRED' });
  const { seen } = watched(state, revision);
  await put(state, 'a', 'next');
  await until('it is told', () => seen.length === 1);
});

test('who shows no certificate is refused, and told so', async () => {
  const { cert, key, ...rest } = cluster.settings;
  const state = await open(rest);
  for (const ask of [() => state.list(''), () => put(state, 'a', 1), () => state.lease(5)])
    await expect(ask()).rejects.toMatchObject({
      code: 'ERR_STATE_UNREACHABLE',
      message: expect.stringMatching(/etcd at https.+(certificate|alert)/),
    });
});

test('where etcd knows users, this one is one by name and password, with no right beyond its prefix', async () => {
  const [name, passwordFile] = ['heddle', path.join(host.folder, 'password')];
  writeFileSync(passwordFile, 'first\n', { mode: 0o600 });
  for (const user of ['root', name]) await cluster.ask('auth/user/add', { name: user, password: 'first' });
  await cluster.ask('auth/user/grant', { user: 'root', role: 'root' });
  await cluster.ask('auth/role/add', { name });
  await cluster.ask('auth/role/grant', { name, perm: { permType: 'READWRITE', ...under(prefix) } });
  await cluster.ask('auth/user/grant', { user: name, role: name });
  // Before etcd knows users, nobody needs to say who it is.
  const state = await open({ ...cluster.nameless, user: name, passwordFile });
  const { seen } = watched(state, (await put(state, 'a', 0)) ?? 0);
  const enable = async () => {
    await cluster.ask('auth/enable', {});
    return String((await cluster.ask('auth/authenticate', { name: 'root', password: 'first' }))['token']);
  };
  const told = (value: unknown) => until(`${value} is told`, () => seen.at(-1)?.value === value);
  let root = await enable();
  try {
    await put(state, 'a', 'known');
    await told('known');
    const lease = await state.lease(5);
    await state.commit([], [{ key: 'here', value: 'leased', lease }]);
    await told('leased');
    // All tokens are forgotten.
    await cluster.ask('auth/disable', {}, root);
    root = await enable();
    await put(state, 'a', 'known again');
    await told('known again');
    await cluster.ask('auth/user/changepw', { name, password: 'second' }, root);
    const refused = { code: 'ERR_STATE_UNREACHABLE', hint: expect.stringContaining('passwordFile') };
    await expect(put(state, 'a', 'never')).rejects.toMatchObject(refused);
    writeFileSync(passwordFile, 'second\n');
    await put(state, 'a', 'changed');
    await told('changed');
    await expect((await open(cluster.nameless)).list('')).rejects.toMatchObject(refused);
    await expect((await open()).list('')).rejects.toMatchObject({
      hint: expect.stringContaining('CommonName'),
    });
    const elsewhere = openStateManager({
      etcd: etcdSettings.parse({ ...cluster.nameless, user: name, passwordFile, prefix: '/other/' }),
    });
    opened.push(await elsewhere);
    await expect((await elsewhere).list('')).rejects.toMatchObject({
      code: 'ERR_STATE_UNREACHABLE',
      hint: expect.stringContaining('prefix'),
    });
  } finally {
    await cluster.ask('auth/disable', {}, root);
  }
  expect(await state.get('a')).toMatchObject({ value: 'changed' });
});

test('members hang, die and return: what is known is answered, what cannot be written fails, and changes are told once', async () => {
  const state = await open();
  const { seen } = watched(state, (await put(state, 'n', 0)) ?? 0);
  const count = async (from: number, to: number) => {
    for (let value = from; value < to; value++) await put(state, 'n', value);
    return until(`${to - 1} is told`, () => seen.some(({ value }) => value === to - 1));
  };
  await count(1, 20);
  cluster.signal(0, 'SIGSTOP');
  const gap = await count(20, 30);
  await cluster.kill(0);
  await count(30, 40);
  expect(await state.get('n')).toMatchObject({ value: 39 });

  // The last that this one hears is nothing.
  const proxy = await CuttingProxy.start(cluster.plain(2));
  const cut = await open({ endpoints: [proxy.url] });
  await put(cut, 'other', 'first');
  proxy.faults.push('answer');
  proxy.dies();
  const told = expect(put(cut, 'other', 'second')).rejects.toMatchObject({ code: 'ERR_STATE_UNCERTAIN' });
  await until('it is made', async () => (await state.get('other'))?.value === 'second');

  const lease = await state.lease(2);
  await state.commit([], [{ key: 'here', value: 'here', lease }]);
  await cluster.kill(1);
  const began = performance.now();
  const { code } = await put(state, 'n', 'uncertain').then(
    () => ({ code: 'made' }),
    (error) => error as { code: string },
  );
  const took = performance.now() - began;
  expect(code).toMatch(/^ERR_STATE_UN(REACHABLE|CERTAIN)$/);
  console.log(
    `changes were told ${Math.round(gap)} ms late when a member hung; a write without a majority: ${code} after ${Math.round(took)} ms`,
  );
  await until('that is known', () => !state.isCurrent);
  await expect(put(state, 'n', 'never')).rejects.toMatchObject({
    code: 'ERR_STATE_UNREACHABLE',
    message: expect.stringContaining('no leader'),
  });
  expect(await state.get('n')).toMatchObject({ value: 39 });
  // One that comes now knows what the member that is left knows.
  const late = await open();
  expect(await late.get('n')).toMatchObject({ value: 39 });
  expect(late.isCurrent).toBe(false);
  await cluster.kill(2);
  expect(await state.get('n')).toMatchObject({ value: 39 });
  await lease.lost;
  await told;
  proxy.close();

  for (const member of [0, 1, 2] as const) cluster.launch(member);
  await until('it is current', () => state.isCurrent && late.isCurrent);
  await count(40, 50);
  await until('the lease is over', () => seen.some((one) => one.key === 'here' && one.value === undefined));
  const counted = seen.flatMap(({ value }) => (typeof value === 'number' ? [value] : []));
  expect(counted).toEqual(Array.from({ length: 49 }, (_, index) => index + 1));
  // A member may have kept what it was handed until there was a majority again. Nobody was told that it was not made.
  if (seen.some(({ value }) => value === 'uncertain')) expect(code).toBe('ERR_STATE_UNCERTAIN');
  expect(seen.some(({ value }) => value === 'never')).toBe(false);
});
