import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { copyOn, deltaOf, serviceOf, snapshotOf } from '../../../test/support/site-zone.ts';
import { ViewStore } from '../view/view-store.ts';
import { LiveView } from './live-view.ts';
import { restoreView } from './restore-view.ts';

const log = { info() {}, warn() {}, error() {}, debug() {} };
const copies = [
  copyOn('b1', 'berlin', { address: '127.0.0.1', ports: { http: 1 } }),
  copyOn('m1', 'madrid', { address: '127.0.0.2', ports: { http: 1 }, verdict: 'spare' }),
];
let folder: string;
let live: LiveView;
const open = () => new LiveView({ site: 'helsinki', state: folder, connected: () => undefined, log });
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'heddle-live-'));
});
afterEach(async () => {
  await live.close([]);
  rmSync(folder, { recursive: true });
});

test('what was received is there after a restart, with the serial of the zone', async () => {
  live = open();
  live.restore();
  live.receive(snapshotOf());
  await live.viewed;
  live.receive(deltaOf({ removed: ['shop/gone'] }));
  const again = new ViewStore();
  restoreView(again, { site: 'helsinki', file: path.join(folder, 'view'), log });
  expect(again.snapshot()).toEqual(live.store.snapshot());
  expect([again.serial, again.at]).toEqual([live.store.serial, { epoch: 1, version: 8 }]);
});

test('a copy that was down is down after a restart, whatever became of it in between', () => {
  live = open();
  live.restore();
  const api = serviceOf('api', { copies });
  live.receive(snapshotOf(api));
  live.receive(deltaOf({ set: { 'shop/api': { ...api, copies: copies.slice(1) } } }));
  live.receive(deltaOf({ version: 9, set: { 'shop/api': api } }));
  writeFileSync(path.join(folder, 'down'), JSON.stringify(['127.0.0.1 1']));
  const again = open();
  again.restore();
  const verdicts = again.store.view?.services
    .get('shop/api')
    ?.copies.map(({ node, verdict }) => `${node} ${verdict}`);
  expect(verdicts).toEqual(['m1 chosen', 'b1 out']);
  return again.close([]);
});

test('whoever answers from the view has the serial that it is at, also when checks alone made it another', () => {
  live = open();
  live.restore();
  live.receive(snapshotOf(serviceOf('api', { copies })));
  for (let n = 0; n < 5; n++) live.store.judge(['shop/api']);
  const again = open();
  const serials: number[] = [];
  again.store.subscribe({ changed: ({ serial }) => serials.push(serial) });
  again.restore();
  expect(serials).toEqual([live.store.serial]);
  return again.close([]);
});

test('the view of another site is not taken from disk', () => {
  live = open();
  live.restore();
  live.receive(snapshotOf());
  const restore = () => restoreView(new ViewStore(), { site: 'oulu', file: path.join(folder, 'view'), log });
  expect(restore).toThrow(/the view of helsinki, not of oulu/);
});

test('a copy that was down before counts as down from the start; what a proxy leads to is not judged here', () => {
  writeFileSync(path.join(folder, 'down'), JSON.stringify(['127.0.0.1 1']));
  live = open();
  live.restore();
  const proxied = serviceOf('web', { steer: 'gateway', copies });
  live.receive(snapshotOf(serviceOf('api', { copies }), proxied));
  const verdicts = (key: string) =>
    live.store.view?.services.get(key)?.copies.map(({ node, verdict }) => `${node} ${verdict}`);
  expect(verdicts('shop/api')).toEqual(['m1 chosen', 'b1 out']);
  expect(verdicts('shop/web')).toEqual(['b1 chosen', 'm1 spare']);
});
