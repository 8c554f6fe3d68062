import { beforeEach, expect, test } from 'vitest';
import { copyOn, deltaOf, serviceOf, snapshotOf } from '../../../test/support/site-zone.ts';
import type { ViewChange } from './subscriber.ts';
import type { ServiceView } from './view.ts';
import { ViewStore } from './view-store.ts';

let seconds: number;
let down: string | undefined;
let store: ViewStore;
let changes: ViewChange[];
/** A service without its copies on the node that is down. */
const judge = (service: ServiceView) =>
  down ? { ...service, copies: service.copies.filter(({ node }) => node !== down) } : service;
const nodes = (key: string) => store.view?.services.get(key)?.copies.map(({ node }) => node);

beforeEach(() => {
  seconds = 1_800_000_000;
  down = undefined;
  changes = [];
  store = new ViewStore({ set: () => {}, judge }, () => seconds * 1000);
  store.subscribe({ changed: (change) => changes.push(change) });
});

test('a subscriber is told of all there is, then of what changed alone', () => {
  expect(changes).toEqual([]);
  store.receive(snapshotOf());
  expect(changes).toMatchObject([{ isWhole: true, places: { caa: [] }, serial: seconds }]);
  store.receive(deltaOf({ set: { 'shop/cam': serviceOf('cam') }, removed: ['shop/gone'] }));
  expect(changes[1]).toMatchObject({ isWhole: false, removed: ['shop/gone'], serial: seconds + 1 });
  expect(Object.keys(changes[1]?.set ?? {})).toEqual(['shop/cam']);
  const late: ViewChange[] = [];
  store.subscribe({ changed: (change) => late.push(change) });
  expect(late).toMatchObject([{ isWhole: true, serial: seconds + 1 }]);
  expect(Object.keys(late[0]?.set ?? {}).sort()).toEqual(['shop/cam', 'shop/db', 'shop/web']);
});

test('what checks find is told as what holds; what was received stays', () => {
  store.receive(snapshotOf());
  down = 'oulu-1';
  store.judge(['shop/db', 'shop/none']);
  expect(changes[1]).toMatchObject({
    isWhole: false,
    serial: seconds + 1,
    set: { 'shop/db': { copies: [] } },
  });
  expect(changes[1]?.message).toBeUndefined();
  expect(nodes('shop/db')).toEqual([]);
  expect(store.snapshot()).toEqual(snapshotOf());
  store.receive(deltaOf({ set: { 'shop/cam': serviceOf('cam') } }));
  expect(nodes('shop/cam')).toEqual([]);
  store.judge(['shop/none']);
  expect(changes).toHaveLength(3);
});

test('of a snapshot of the same site only what is different is told', () => {
  store.receive(snapshotOf());
  const moved = serviceOf('db', { copies: [copyOn('hel-1', 'helsinki')] });
  const later = { ...snapshotOf(moved), epoch: 2, version: 0 };
  store.receive(later);
  expect(changes[1]).toMatchObject({ isWhole: false, removed: [], set: { 'shop/db': moved } });
  expect(changes[1]?.places).toBeUndefined();
  expect(store.snapshot()).toEqual(later);
});

test('the same view from another controller is no change of the zone', () => {
  store.receive(snapshotOf());
  seconds += 60;
  store.receive({ ...snapshotOf(), epoch: 2, version: 0 });
  expect(changes[1]).toMatchObject({ set: {}, removed: [], serial: seconds - 60 });
  expect(store.at).toEqual({ epoch: 2, version: 0 });
});

test('the view of another site is a whole one', () => {
  store.receive(snapshotOf());
  const { view, ...rest } = snapshotOf();
  store.receive({ ...rest, view: { ...view, site: 'oulu' } });
  expect(changes[1]).toMatchObject({ isWhole: true });
  expect(store.view?.site).toBe('oulu');
});

test('the serial never goes back, whatever the clock says after a restart', () => {
  store.restore({ message: snapshotOf(), serial: 1_900_000_000 });
  store.restore({ serial: 1_900_000_003 });
  store.receive(deltaOf({ removed: ['shop/gone'] }));
  expect(store.serial).toBe(1_900_000_004);
});

test('places that are others are told, and what is not in them any more is not in the view', () => {
  store.receive(snapshotOf());
  store.receive(deltaOf({ places: { gateways: {}, nodes: {}, caa: [] } }));
  expect(changes[1]?.places).toEqual({ gateways: {}, nodes: {}, caa: [] });
  expect(store.view).toMatchObject({ gateways: {}, nodes: {} });
  expect(store.view?.clients).toBeUndefined();
});

test('a change without a view before it, or of another site, is a defect', () => {
  expect(() => store.receive(deltaOf({}))).toThrow(/there is no view/);
  store.receive(snapshotOf());
  expect(() => store.receive(deltaOf({ site: 'oulu' }))).toThrow(/the view of helsinki/);
});

test('a subscriber that fails keeps no other from its change, and is told all with the next', () => {
  const late: ViewChange[] = [];
  let fails = false;
  const taking = new ViewStore(undefined, () => seconds * 1000);
  taking.subscribe({
    changed: (change) => {
      if (fails) throw new Error('no space');
      changes.push(change);
    },
  });
  taking.subscribe({ changed: (change) => late.push(change) });
  taking.receive(snapshotOf());
  fails = true;
  expect(() => taking.receive(deltaOf({ removed: ['shop/db'] }))).toThrow('no space');
  fails = false;
  taking.receive(deltaOf({ version: 9, set: { 'shop/cam': serviceOf('cam') } }));
  expect(late.map(({ isWhole }) => isWhole)).toEqual([true, false, false]);
  expect(changes.map(({ isWhole }) => isWhole)).toEqual([true, true]);
  expect(Object.keys(changes[1]?.set ?? {}).sort()).toEqual(['shop/cam', 'shop/gone', 'shop/web']);
});

test('checks go on for copies that another service, or a zone of another name, has now', () => {
  let checked = new Set<string>();
  const kept: number[] = [];
  const set = (key: string, service: ServiceView | undefined) => {
    checked = service ? checked.add(key) : new Set([...checked].filter((one) => one !== key));
    kept.push(checked.size);
  };
  const checking = new ViewStore({ set, judge });
  checking.receive(snapshotOf());
  kept.length = 0;
  const { view, ...rest } = snapshotOf();
  checking.receive({ ...rest, view: { ...view, domain: 'other.internal' } });
  checking.receive(deltaOf({ removed: ['shop/db'], set: { 'shop/db2': serviceOf('db2') } }));
  expect(Math.min(...kept)).toBe(Object.keys(view.services).length);
  expect([...checked].sort()).toEqual(['shop/db2', 'shop/gone', 'shop/web']);
});
