import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { connectCluster } from '../../engines/kubernetes/connect.ts';
import { ApiServerStandIn } from '../../engines/kubernetes/stand-in.ts';
import { KubernetesStore } from './kubernetes.ts';
import { LeaseClient } from './kubernetes-client.ts';
import type { LeaseRecord } from './kubernetes-record.ts';
import type { Lease } from './lease.ts';

const leases = '/apis/coordination.k8s.io/v1/namespaces/edge/leases';
const name = 'heddle-edge-controller';
const folder = mkdtempSync(path.join(tmpdir(), 'heddle-lease-'));
/** A Lease lasts a second here, and is held for five sixths of it. */
const times = { duration: 1, every: 50 };
/** Far longer than any test waits: what is had nevertheless was not waited for. */
const long = { ...times, duration: 60 };

let server: ApiServerStandIn;
let held: Lease[];

beforeAll(() => vi.stubEnv('KUBECONFIG', path.join(folder, 'config')));
afterAll(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});
beforeEach(async () => {
  server = await ApiServerStandIn.start();
  writeFileSync(path.join(folder, 'config'), server.kubeconfig('hub'));
  held = [];
  leave({ holderIdentity: '' });
});
afterEach(async () => {
  vi.useRealTimers();
  await Promise.all(held.map((lease) => lease.release()));
  await server.close();
});

const storeOf = async (own = times) =>
  new KubernetesStore(new LeaseClient(await connectCluster('hub'), 'edge', name), own);
/** The right to act, as soon as there is one, and how many milliseconds it took. */
async function win(store: KubernetesStore, controller: string, ...known: number[]) {
  const from = performance.now();
  const lease = await vi.waitFor(
    async () => {
      const result = await store.attempt(controller, known);
      if (typeof result === 'string') throw new Error(result);
      return result;
    },
    { interval: 10, timeout: 8000 },
  );
  held.push(lease);
  return { lease, took: performance.now() - from };
}
const leaseObject = () => server.objects(leases)[0] as unknown as LeaseRecord | undefined;
const write = (change: (spec: LeaseRecord['spec'], metadata: LeaseRecord['metadata']) => void) => {
  const changed = structuredClone(leaseObject()) as LeaseRecord & { metadata: { name: string } };
  change(changed.spec, changed.metadata);
  server.put(leases, changed);
};
/** A Lease of somebody who is not there, as he left it. */
const leave = (spec: object, annotations = { 'heddle.io/edge-epoch': '7' }) =>
  server.put(leases, { metadata: { name, annotations }, spec } as { metadata: { name: string } });
const renewed = () => leaseObject()?.spec['renewTime'];
const keeps = async () => {
  const before = renewed();
  await vi.waitFor(() => expect(renewed()).not.toBe(before), { timeout: 5000 });
};

test('the holder stands in a Lease of its own, which says all that other tools look at', async () => {
  server.delete(leases, name);
  const { lease } = await win(await storeOf(), 'one');
  expect(lease.isHeld).toBe(true);
  expect(leaseObject()).toMatchObject({
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: { name, annotations: { 'heddle.io/edge-epoch': String(lease.epoch) } },
    spec: {
      holderIdentity: 'one',
      leaseDurationSeconds: 1,
      leaseTransitions: 0,
      renewTime: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/),
    },
  });
  await keeps();
});

test('one that waits says for whom, however long', async () => {
  await win(await storeOf(), 'one');
  const other = await storeOf();
  const until = performance.now() + 2000;
  while (performance.now() < until) expect(await other.attempt('two', [])).toBe('one is in charge');
});

test('one that ends gives it back, and is followed at once with a later epoch', async () => {
  const { lease } = await win(await storeOf(long), 'one');
  await lease.release();
  expect(leaseObject()?.spec.holderIdentity).toBe('');
  const next = await win(await storeOf(long), 'two');
  expect(next.lease.epoch).toBeGreaterThan(lease.epoch);
  expect(leaseObject()?.spec.leaseTransitions).toBe(2);
});

test('of many that begin at once, one acts', async () => {
  const stores = await Promise.all(Array.from({ length: 8 }, storeOf));
  const results = await Promise.all(stores.map((store, index) => store.attempt(`c${index}`, [])));
  const won = results.filter((result) => typeof result !== 'string');
  held.push(...won);
  expect(won).toHaveLength(1);
});

test('the epoch is later than that of the Lease and those that are known, whatever the clock says', async () => {
  const later = Math.floor(Date.now() / 1000) + 100_000;
  leave({ holderIdentity: '' }, { 'heddle.io/edge-epoch': String(later) });
  expect((await win(await storeOf(), 'one')).lease.epoch).toBe(later + 1);
  write((spec) => {
    spec.holderIdentity = '';
  });
  expect((await win(await storeOf(), 'two', later + 50)).lease.epoch).toBe(later + 51);
});

test.each(['1999-01-01T00:00:00.000000Z', '2199-01-01T00:00:00.000000Z', undefined])(
  'the time of another clock, %s, says nothing',
  async (renewTime) => {
    const spec = { holderIdentity: 'zero', leaseDurationSeconds: 1, renewTime };
    leave(spec);
    const store = await storeOf();
    // It lives as long as it writes.
    const until = performance.now() + 1500;
    while (performance.now() < until) {
      leave(spec);
      expect(await store.attempt('one', [])).toBe('zero is in charge');
    }
    const { took } = await win(store, 'one');
    expect(took).toBeGreaterThan(900);
  },
);

test('a clock that jumps ends nothing and gives nothing away', async () => {
  const store = await storeOf();
  const { lease } = await win(await storeOf(), 'one');
  expect(await store.attempt('two', [])).toBe('one is in charge');
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 86_400_000 });
  await keeps();
  expect(await store.attempt('two', [])).toBe('one is in charge');
  vi.setSystemTime(0);
  await keeps();
  expect(await store.attempt('two', [])).toBe('one is in charge');
  expect(lease.isHeld).toBe(true);
});

test('a clock that stands still gives nothing away', async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() });
  await win(await storeOf(), 'one');
  const store = await storeOf();
  const until = performance.now() + 1500;
  while (performance.now() < until) expect(await store.attempt('two', [])).toBe('one is in charge');
});

test('a holder that is cut off stops before another may begin', async () => {
  // Half a second lies between the two.
  const longer = { ...times, duration: 3 };
  const { lease } = await win(await storeOf(longer), 'one');
  const store = await storeOf(longer);
  await store.attempt('two', []);
  server.failing = 500;
  const reason = await lease.lost;
  expect(lease.isHeld).toBe(false);
  expect(reason).toBe('the Lease of the cluster hub: 500 as the test wants it');
  server.failing = undefined;
  // The other looks at it often, and has not got it yet.
  expect(await store.attempt('two', [])).toBe('one is in charge');
  await win(store, 'two');
});

test('a holder that was frozen knows at once that it holds no more', async () => {
  const { lease } = await win(await storeOf(), 'one');
  const other = await storeOf();
  await other.attempt('two', []);
  // Nothing else runs here meanwhile, as in a process that is stopped.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1200);
  expect(lease.isHeld).toBe(false);
  expect(await lease.lost).toMatch(/not asked in time|two holds the Lease now/);
  await win(other, 'two');
  expect(leaseObject()?.spec.holderIdentity).toBe('two');
});

test('a cluster that does not answer is left, and used again when it does', async () => {
  const { lease } = await win(await storeOf(), 'one');
  await server.close();
  expect(await lease.lost).toContain('ECONNREFUSED');
  const store = await storeOf();
  await expect(store.attempt('one', [])).rejects.toMatchObject({ code: 'ERR_EDGE_LEASE' });
});

test('what somebody else writes into it stays, and the holder as well', async () => {
  const { lease } = await win(await storeOf(), 'one');
  for (let round = 0; round < 5; round++) {
    write((spec, metadata) => {
      metadata.annotations = { ...metadata.annotations, note: `round ${round}` };
      spec['strategy'] = 'of a later version';
    });
    await keeps();
  }
  expect(leaseObject()).toMatchObject({
    metadata: { annotations: { note: 'round 4', 'heddle.io/edge-epoch': String(lease.epoch) } },
    spec: { strategy: 'of a later version', holderIdentity: 'one' },
  });
  expect(lease.isHeld).toBe(true);
});

test('who finds another’s name in it acts no more', async () => {
  const { lease } = await win(await storeOf(), 'one');
  write((spec) => {
    spec.holderIdentity = 'two';
  });
  expect(await lease.lost).toBe('two holds the Lease now');
  expect(lease.isHeld).toBe(false);
});

test('a Lease that is deleted is made again by its holder, and nobody takes it meanwhile', async () => {
  const { lease } = await win(await storeOf(), 'one');
  const [watching, fresh] = await Promise.all([storeOf(), storeOf()]);
  await watching.attempt('two', []);
  server.delete(leases, name);
  expect(typeof (await watching.attempt('two', []))).toBe('string');
  expect(typeof (await fresh.attempt('three', []))).toBe('string');
  await vi.waitFor(() => expect(leaseObject()?.spec.holderIdentity).toBe('one'), { timeout: 5000 });
  expect(leaseObject()?.metadata.annotations).toEqual({ 'heddle.io/edge-epoch': String(lease.epoch) });
  expect(lease.isHeld).toBe(true);
});

test('an empty Lease of somebody’s hand is taken when nobody can have held another', async () => {
  leave({}, {} as never);
  const store = await storeOf();
  expect(await store.attempt('one', [])).toMatch(/nobody holds the Lease/);
  expect((await win(store, 'one')).took).toBeGreaterThan(800);
});

test('one that had it, and heard no answer, has it again long before it would end', async () => {
  leave({ holderIdentity: 'one', leaseDurationSeconds: 60 });
  await win(await storeOf(long), 'one');
});

test('a Lease that no controller wrote is told of', async () => {
  server.put(leases, { metadata: { name }, spec: { holderIdentity: 7 } } as { metadata: { name: string } });
  await expect((await storeOf()).attempt('one', [])).rejects.toMatchObject({ code: 'ERR_EDGE_LEASE' });
});

test('a right that is missing is named, with how it is given', async () => {
  server.forbidden.push('GET /apis/coordination.k8s.io/');
  await expect((await storeOf()).attempt('one', [])).rejects.toMatchObject({
    code: 'ERR_EDGE_LEASE',
    message: expect.stringMatching(
      /^the Lease of the cluster hub: 403 .*cannot GET it \(the roles of the package give that right: kubectl apply/,
    ),
  });
});
