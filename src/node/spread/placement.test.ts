import { expect, test } from 'vitest';
import { specOf } from '../../../test/support/compose.ts';
import { isOn, placeServices } from './placement.ts';

const spec = specOf(`
services:
  web: { image: a, x-heddle: { place: berlin } }
  db: { image: b, x-heddle: { place: paris } }
  logs: { image: c }
`);
const node = (name: string, site: string, present = true) => ({ name, site, present, api: `192.0.2.1:1` });
const members = [node('b1', 'berlin'), node('p1', 'paris'), node('p2', 'paris')];
const place = (around: Partial<Parameters<typeof placeServices>[1]> = {}) =>
  placeServices(spec, { here: 'b1', members, before: {}, ...around });

test('services go where their site is, and others to the node that is asked', () => {
  expect(place()).toEqual({ web: 'b1', db: 'p1', logs: 'b1' });
  expect(place({ here: 'p2' })).toEqual({ web: 'b1', db: 'p2', logs: 'p2' });
  expect(isOn(place(), 'b1')).toBe(false);
});

test('what is somewhere stays there, also while that node is away', () => {
  const before = { web: 'b1', db: 'p2', logs: 'b1' };
  expect(place({ before, here: 'p1' })).toEqual(before);
  const away = [node('b1', 'berlin'), node('p1', 'paris'), node('p2', 'paris', false)];
  expect(place({ before, members: away })).toEqual(before);
  // One that nobody has yet goes to one that is there.
  const first = [node('b1', 'berlin'), node('p1', 'paris', false), node('p2', 'paris')];
  expect(place({ members: first })).toMatchObject({ db: 'p2' });
});

test('a node that is gone for good, or is at another site now, keeps nothing', () => {
  expect(place({ before: { db: 'p9', logs: 'b9' } })).toMatchObject({ db: 'p1', logs: 'b1' });
  const moved = [node('b1', 'berlin'), node('p1', 'berlin'), node('p2', 'paris')];
  expect(place({ before: { db: 'p1' }, members: moved })).toMatchObject({ db: 'p2' });
});

test('a site without a node is refused with those that there are, and a node that nobody may ask, too', () => {
  expect(() => place({ members: [node('b1', 'berlin')] })).toThrow(
    'services.db.x-heddle.place: no node is at the site "paris": there are berlin',
  );
  const shut = [node('b1', 'berlin'), { name: 'p1', site: 'paris', present: true }];
  expect(() => place({ members: shut })).toThrow('node p1, at the site paris, lets no other node ask it');
});

test('a function without a place is where what is led through it is', () => {
  const led = specOf(`
services:
  web: { image: a, networks: [lab], x-heddle: { place: berlin } }
  db: { image: b, networks: [lab], x-heddle: { place: paris } }
  fw: { image: f, network_mode: none, x-heddle: { function: wire } }
networks: { lab: { x-heddle: { archetype: ip, vlan: 7 } } }
x-heddle: { chains: [{ name: shop, from: web, to: db, through: [fw] }] }
`);
  expect(placeServices(led, { here: 'b1', members, before: {} })).toEqual({ web: 'b1', db: 'p1', fw: 'p1' });
});
