import { expect, test } from 'vitest';
import { copyOf, serviceOf } from '../../../test/support/edge-model.ts';
import type { EdgeService } from '../model/model.ts';
import type { Distance } from './choose.ts';
import { stillHolds } from './still-holds.ts';
import { viewService } from './view.ts';

const nodes = ['bonn', 'rome'];
const places = {
  sites: {},
  nodes: Object.fromEntries(nodes.map((name) => [name, { name, site: name, addresses: [] }])),
};
const web = serviceOf('web', { copies: nodes.map((node) => copyOf('web', node)) });

/** What is told of a service at such distances, milliseconds. */
function seen(bonn: number, rome: number, rest: Partial<Distance & { current: string }> = {}, service = web) {
  const { current, ...figure } = rest;
  const distanceTo = (site: string): Distance => ({
    milliseconds: site === 'bonn' ? bonn : rome,
    error: 0.5,
    basis: 'measured',
    ...figure,
  });
  return viewService(places, service, { site: 'oslo', distanceTo, current });
}

test.each([
  ['distances a little off', seen(11, 31)],
  ['a far one off by a fifth', seen(10, 34)],
  ['a little more doubt', seen(10, 30, { error: 2 })],
])('%s are not told again', (_, now) => {
  expect(now).not.toEqual(seen(10, 30));
  expect(stillHolds(seen(10, 30), now)).toBe(true);
});

test('how much nearer one would have to be is no news either', () => {
  const kept = (bonn: number) => seen(bonn, 12, { current: 'rome' });
  expect(kept(11).copies[0]?.reason).toMatch(/^12\.0 ms .*; kept: bonn is 1\.0 ms nearer/);
  expect(stillHolds(kept(11), kept(11.1))).toBe(true);
});

const weighed = (weight: number): EdgeService => ({
  ...web,
  policy: { ...web.policy, weights: { bonn: weight } },
});
test.each([
  ['another order', seen(10, 30), seen(30, 10)],
  ['a distance that is quite another', seen(10, 30), seen(10, 40)],
  ['much less doubt', seen(10, 30, { error: 8 }), seen(10, 30)],
  ['where it is known from', seen(10, 30), seen(10, 30, { basis: 'predicted' })],
  ['another weight', seen(10, 30, {}, weighed(1.5)), seen(10, 30, {}, weighed(2.5))],
  ['a copy that went', seen(10, 30), seen(10, 30, {}, { ...web, copies: web.copies.slice(0, 1) })],
  ['that it is kept', seen(11, 12), seen(11, 12, { current: 'rome' })],
])('%s is told', (_, sent, now) => {
  expect(stillHolds(sent, now)).toBe(false);
});
