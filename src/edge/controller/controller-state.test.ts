import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pino } from 'pino';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { copyOf, serviceOf } from '../../../test/support/edge-model.ts';
import { origin } from '../distance/coordinate.ts';
import { Distances } from '../distance/distances.ts';
import { viewsOf } from '../distance/views.ts';
import type { EdgeModel } from '../model/model.ts';
import { chosenSite } from '../view/view.ts';
import { ControllerStateFile } from './controller-state.ts';

const locations = {
  oslo: { latitude: 59.9, longitude: 10.8 },
  bonn: { latitude: 50.7, longitude: 7.1 },
  rome: { latitude: 41.9, longitude: 12.5 },
};
const names = Object.keys(locations);
const model: EdgeModel = {
  domain: 'edge.internal',
  caa: [],
  sites: Object.fromEntries(
    Object.entries(locations).map(([name, location]) => [name, { name, gateway: [], prefer: [], location }]),
  ),
  nodes: Object.fromEntries(names.map((name) => [name, { name, site: name, addresses: [] }])),
  services: { 'shop/web': serviceOf('web', { copies: [copyOf('web', 'bonn'), copyOf('web', 'rome')] }) },
};

let folder: string;
let file: string;
const recall = vi.fn();
const holdings = { kept: () => ({ 'name web': 'shop/web' }), recall };
const log = pino({ level: 'silent' });
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'heddle-controller-state-'));
  file = path.join(folder, 'state', 'distances.json');
});
const begun: ControllerStateFile[] = [];
afterEach(async () => {
  // One that goes on would make the folder anew.
  await Promise.all(begun.splice(0).map((one) => one.end()));
  rmSync(folder, { recursive: true });
});

/** A controller's run, as far as it chooses. */
function begin() {
  const distances = new Distances();
  const views = viewsOf(model, distances);
  const controllerState = new ControllerStateFile({ file, distances, views, holdings, log });
  begun.push(controllerState);
  controllerState.begin();
  /** Oslo tells how far others are, in milliseconds; the site that its clients are led to then. */
  const tell = (bonn: number, rome: number) => {
    const figure = (milliseconds: number) => ({ milliseconds, error: 0 });
    const report = { coordinate: origin, row: { bonn: figure(bonn), rome: figure(rome) } };
    views.measure(distances.update('oslo', report));
    return chosen();
  };
  const chosen = () => {
    views.changes();
    const service = views.siteView('oslo').services['shop/web'];
    return service && chosenSite(service);
  };
  return { tell, chosen, choose: () => views.changes(), end: () => controllerState.end() };
}

test('a controller that starts again chooses the site that it had kept', async () => {
  const first = begin();
  expect([first.tell(50, 20), first.tell(19, 20)]).toEqual(['rome', 'rome']);
  await first.end();
  const second = begin();
  expect([second.chosen(), second.tell(19, 20), second.tell(19.5, 20)]).toEqual(['rome', 'rome', 'rome']);
  await second.end();
  expect(begin().chosen()).toBe('rome');
});

test('it goes by what was measured before, until gateways tell anew', async () => {
  expect(begin().chosen()).toBe('bonn');
  const first = begin();
  first.tell(50, 20);
  await first.end();
  expect(begin().chosen()).toBe('rome');
});

test('what is told before it acts changes no choice that would have stayed', async () => {
  const first = begin();
  expect(first.tell(20, 20.5)).toBe('bonn');
  await first.end();
  const second = begin();
  second.choose();
  expect(second.tell(20.5, 20)).toBe('bonn');
});

test('it knows who had which names and ports', async () => {
  await begin().end();
  recall.mockClear();
  begin();
  expect(recall).toHaveBeenCalledWith({ 'name web': 'shop/web' });
});

test('what was kept once is not when it was left', async () => {
  const first = begin();
  expect([first.tell(50, 20), first.tell(19, 20), first.tell(5, 20), first.tell(20, 19)]).toEqual([
    'rome',
    'rome',
    'bonn',
    'bonn',
  ]);
  await first.end();
  expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ kept: { oslo: { 'shop/web': 'bonn' } } });
  expect(begin().chosen()).toBe('bonn');
});

test('a file that says something else is left, and written anew', async () => {
  const first = begin();
  await first.end();
  writeFileSync(file, '{"format": 1, "reports": {"oslo": ');
  const second = begin();
  expect(second.tell(50, 20)).toBe('rome');
  await second.end();
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(begin().chosen()).toBe('rome');
});
