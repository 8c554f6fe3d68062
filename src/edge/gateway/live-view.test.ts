import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { deltaOf, snapshotOf } from '../../../test/support/site-zone.ts';
import { DnsServer } from '../dns/server.ts';
import type { SiteView } from '../view/view.ts';
import { LiveView } from './live-view.ts';

const log = { info() {}, warn() {}, error() {}, debug() {} };
let folder: string;
let live: LiveView;
let taken: (SiteView | undefined)[];
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'heddle-live-'));
  taken = [];
  const follower = {
    take: (view: () => SiteView | undefined) => void taken.push(view()),
    stop: async () => {},
  };
  const server = new DnsServer({});
  live = new LiveView({
    site: 'helsinki',
    state: folder,
    server,
    followers: [follower],
    connected: () => undefined,
    log,
  });
});
afterEach(async () => {
  await live.close();
  rmSync(folder, { recursive: true });
});

test('what follows the view gets none before the gateway has its own ports, then the last, then each', async () => {
  live.take(snapshotOf());
  await live.viewed;
  expect(taken).toEqual([]);
  live.lead();
  expect(taken.map((view) => view?.site)).toEqual(['helsinki']);
  live.take(deltaOf({ removed: ['shop/gone'] }));
  expect(taken).toHaveLength(2);
});

test('there is nothing to follow before the first view', () => {
  live.lead();
  expect(taken).toEqual([]);
  live.take(snapshotOf());
  expect(taken).toHaveLength(1);
});
