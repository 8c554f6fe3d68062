import { expect, test } from 'vitest';
import { listed } from '../../../../test/support/listed-services.ts';
import { Merge } from '../merge.ts';
import { objectsOf } from './objects.ts';
import type { ListedService } from './record.ts';

const problemsOf = (one: Merge) =>
  one.faults().map(({ source, origin, reason }) => `${source}: ${origin} ${reason}`);

const b1 = { name: 'b1', site: 'berlin', addresses: ['10.2.0.11'] };
const b2 = { name: 'b2', site: 'berlin', addresses: ['10.2.0.12'] };
const places = {
  domain: 'edge.internal',
  caa: [],
  sites: { berlin: { name: 'berlin', gateway: ['10.2.0.1'], prefer: [] } },
};

/** The two hosts of an edge file, on each of which an application publishes a service. */
function merged(onFirst: Partial<ListedService>, onSecond: Partial<ListedService>) {
  const merge = new Merge(['static edge.yaml', 'engine b1', 'engine b2'], places);
  merge.apply('static edge.yaml', new Map([b1, b2].map((node) => [`nodes.${node.name}`, { node }])));
  const web = (rest: Partial<ListedService>) => ({
    services: [{ ...listed('web', { 'shop-web-1': null }), ...rest }],
  });
  merge.apply('engine b1', objectsOf(web(onFirst), 'b1', b1));
  merge.apply('engine b2', objectsOf(web(onSecond), 'b2', b2));
  const copies = merge.changes().services.get('shop/web')?.copies ?? [];
  return { copies: copies.map(({ node, address }) => `${node} ${address}`), problems: problemsOf(merge) };
}

test('a service on two hosts is one where each wrote its name out', () =>
  expect(merged({ explicit: true }, { explicit: true })).toEqual({
    copies: ['b1 10.2.0.11', 'b2 10.2.0.12'],
    problems: [],
  }));

test('otherwise the host that was named first has the name, and both are named', () =>
  expect(merged({ explicit: true }, { project: 'other' })).toEqual({
    copies: ['b1 10.2.0.11'],
    problems: [
      'engine b2: service web of other is published as shop/web, as is service web of shop of engine b1: to be one ' +
        'service, both have to write the name out, which service web of other of engine b2 does not',
    ],
  }));

test('as it has when they are reached in different ways', () =>
  expect(merged({ explicit: true }, { explicit: true, steer: 'direct' }).problems).toEqual([
    expect.stringMatching(/engine b2: .* of engine b1, and they differ in steer/),
  ]));
