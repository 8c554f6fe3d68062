import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { copyOn, serviceOf, snapshotOf } from '../../../test/support/site-zone.ts';
import { HeddleError } from '../../lib/errors.ts';
import { makeCertificate, makeRoot } from '../../lib/x509.ts';
import type { CurrentView } from '../view/view.ts';
import { Challenges } from './challenges.ts';
import { AcmeKeeper } from './keeper.ts';
import { Refusal } from './refusal.ts';
import { AcmeStore } from './store.ts';

const day = 86_400_000;
const web = serviceOf('web', { steer: 'gateway', copies: [copyOn('oulu-1', 'oulu')] });
const view: CurrentView = { ...snapshotOf().view, services: new Map([['shop/web', web]]) };
const web1 = 'web.shop.svc.edge.internal';
const gateway1 = 'helsinki.gateway.edge.internal';

let folder: string;
let keeper: AcmeKeeper;
/** The first names of what was ordered, and what is done about it. */
let orders: string[];
let refusal: ((name: string) => Error | undefined) | undefined;
let said: { message: string; again?: string }[];
let changes: number;

function open(): void {
  const log = (fields: object, message: string) => said.push({ ...fields, message });
  const order = async (names: readonly string[]) => {
    orders.push(names[0] ?? '');
    const error = refusal?.(names[0] ?? '');
    if (error) throw error;
    const root = await makeRoot('test', Date.now());
    return makeCertificate(root, { commonName: 'x', hosts: names, days: 30 }, Date.now());
  };
  keeper = new AcmeKeeper({
    client: { order },
    store: new AcmeStore(folder),
    challenges: new Challenges(),
    only: [],
    log: { info: log, warn: log, error: log, debug: log },
    abort: new AbortController(),
  });
  keeper.start(() => changes++);
}
/** Tells it what the proxy does, until it has looked at that. */
const proxied = async (now: CurrentView, isOpen: boolean) => {
  keeper.proxied(now, { isOpen, balance: true });
  await pass(250);
};
/** Lets it do what is due within a time. */
const pass = (milliseconds: number) => vi.advanceTimersByTimeAsync(milliseconds);
/** Waits until it has done what is due, and sleeps. */
const settled = async () => {
  do await new Promise((resolve) => setImmediate(resolve));
  while (vi.getTimerCount() !== 1);
};

beforeEach(() => {
  vi.useFakeTimers({
    now: Date.parse('2026-01-01T00:00:00Z'),
    toFake: ['Date', 'performance', 'setTimeout', 'clearTimeout'],
  });
  folder = mkdtempSync(path.join(tmpdir(), 'heddle-acme-'));
  [orders, said, refusal, changes] = [[], [], undefined, 0];
  open();
});
afterEach(async () => {
  await keeper.stop();
  vi.useRealTimers();
  rmSync(folder, { recursive: true });
});

describe('a keeper of certificates', () => {
  test('says of what nobody wants any more that it is not, and shows it still', async () => {
    const names = (certificates: ReturnType<AcmeKeeper['read']>) => certificates.map((one) => one.names[0]);
    await proxied(view, true);
    await settled();
    // While nobody can ask at port 80 nothing is ordered, and all is wanted as before.
    await proxied(view, false);
    expect(names(keeper.wanted())).toEqual([gateway1, web1]);
    await proxied({ ...view, services: new Map() }, true);
    await settled();
    expect(names(keeper.wanted())).not.toContain(web1);
    expect(names(keeper.read())).toContain(web1);
  });

  test('orders what is wanted, once, also when it starts again', async () => {
    await proxied(view, true);
    await settled();
    expect(orders).toEqual([gateway1, web1]);
    expect(keeper.read().map(({ names }) => names[0])).toEqual([gateway1, web1]);
    expect(changes).toBe(1);
    await keeper.stop();
    open();
    await proxied(view, true);
    await settled();
    expect(orders).toHaveLength(2);
  });

  test('orders another when a name comes, none when one goes', async () => {
    await proxied({ ...view, services: new Map([['shop/web', { ...web, alias: false }]]) }, true);
    await settled();
    await proxied(view, true);
    await settled();
    expect(orders).toEqual([gateway1, web1, web1]);
    await proxied({ ...view, services: new Map() }, true);
    await settled();
    await proxied(view, true);
    await settled();
    expect(orders).toHaveLength(3);
  });

  test('renews after two thirds of the life', async () => {
    await proxied(view, true);
    await settled();
    await pass(18 * day);
    expect(orders).toHaveLength(2);
    await pass(2 * day);
    await settled();
    expect(orders).toHaveLength(4);
  });

  test('keeps what holds when the server is away, says so, and asks for one thing only', async () => {
    await proxied(view, true);
    await settled();
    const before = keeper.read();
    refusal = () => new Refusal('away', { everything: true, unreached: true });
    await pass(20 * day);
    await settled();
    expect(keeper.read()).toEqual(before);
    const [first] = said.filter(({ message }) => message.startsWith('no certificate was issued'));
    expect(first?.message).toBe(
      'no certificate was issued: away; the one that holds until 2026-01-31T00:00:00.000Z stays',
    );
    expect(new Set(orders.slice(2)).size).toBe(1);
    refusal = undefined;
    const tried = orders.length;
    await pass(300_000);
    await settled();
    expect(orders).toHaveLength(tried + 2);
  });

  test('goes on with the others when one is refused, and tries that again later', async () => {
    refusal = (name) => (name === gateway1 ? new Refusal('no', { retryAfter: 7200 }) : undefined);
    await proxied(view, true);
    await settled();
    expect(orders).toEqual([gateway1, web1]);
    expect(said.find(({ message }) => message.startsWith('no certificate was issued: no'))).toMatchObject({
      code: 'ERR_EDGE_ACME',
      names: [gateway1],
      again: '2026-01-01T02:00:00.250Z',
    });
    await pass(7_190_000);
    expect(orders).toHaveLength(2);
    await pass(20_000);
    await settled();
    expect(orders).toEqual([gateway1, web1, gateway1]);
  });

  test.each([-1, 1])('tries again as soon as it would have when the clock is set by %d h', async (hours) => {
    refusal = (name) => (name === gateway1 ? new Refusal('no', { retryAfter: 600 }) : undefined);
    await proxied(view, true);
    await settled();
    vi.setSystemTime(Date.now() + hours * 3_600_000);
    await pass(590_000);
    expect(orders).toHaveLength(2);
    await pass(20_000);
    await settled();
    expect(orders).toEqual([gateway1, web1, gateway1]);
  });

  test('is not stopped by a defect, or by a disk that is full', async () => {
    refusal = (name) => (name === web1 ? new TypeError('x') : new HeddleError('ERR_DISK_FULL', 'full'));
    await proxied(view, true);
    await settled();
    expect(said).toMatchObject([{ code: 'ERR_DISK_FULL' }, { code: 'ERR_INTERNAL' }]);
  });

  test('orders nothing while nobody can ask at port 80, and says so once', async () => {
    await proxied(view, false);
    await proxied(view, false);
    await settled();
    expect([orders, said.length]).toEqual([[], 1]);
    expect(said[0]?.message).toContain('is not listened on');
    await proxied(view, true);
    await settled();
    expect(orders).toHaveLength(2);
  });
});
