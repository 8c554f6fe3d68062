import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { deltaOf, serviceOf, snapshotOf } from '../../../test/support/site-zone.ts';
import { DnsServer } from '../dns/server.ts';
import { HeldView } from './held-view.ts';
import { JudgedView } from './judged-view.ts';
import { ViewStore } from './view-store.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'heddle-held-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** A gateway that starts at a time, in seconds. */
function startAt(seconds: number): { server: DnsServer; held: HeldView } {
  const server = new DnsServer({});
  const held = new HeldView(
    'helsinki',
    new JudgedView(server),
    new ViewStore(path.join(folder, 'view')),
    () => seconds * 1000,
  );
  held.recover();
  return { server, held };
}

test('the serial never goes back, whatever the clock says after a restart', () => {
  const before = startAt(1_800_000_000);
  before.held.take(snapshotOf());
  before.held.take(deltaOf({ removed: ['shop/gone'] }));
  expect(before.server.stats().serial).toBe(1_800_000_001);
  const after = startAt(60);
  expect(after.server.stats().serial).toBe(1_800_000_001);
  after.held.take(deltaOf({ version: 9, set: { 'shop/gone': serviceOf('gone') } }));
  expect(after.server.stats().serial).toBe(1_800_000_002);
});

test('the view of another site is not answered from', () => {
  startAt(1_800_000_000).held.take(snapshotOf());
  const held = new HeldView(
    'oulu',
    new JudgedView(new DnsServer({})),
    new ViewStore(path.join(folder, 'view')),
  );
  expect(() => held.recover()).toThrow(/the view of helsinki, not of oulu/);
});

test('the same view from another controller is no change of the zone', () => {
  const { server, held } = startAt(1_800_000_000);
  held.take(snapshotOf());
  held.take({ ...snapshotOf(), epoch: 2, version: 0 });
  expect(server.stats().serial).toBe(1_800_000_000);
  expect(held.at).toEqual({ epoch: 2, version: 0 });
  expect(startAt(1_800_000_000).held.at).toEqual({ epoch: 2, version: 0 });
});
