import { beforeEach, describe, expect, test } from 'vitest';
import { copyOf, serviceOf } from '../../../test/support/edge-model.ts';
import { type EdgeService, serviceKey } from '../model/model.ts';
import type { Distance } from './choose.ts';
import { Views } from './views.ts';

const site = (name: string, address: string) => ({ name, gateway: [address], prefer: [] });
const places = {
  domain: 'edge.internal',
  caa: [],
  sites: { east: site('east', '10.1.0.1'), west: site('west', '10.2.0.1') },
  nodes: {
    e1: { name: 'e1', site: 'east', addresses: ['10.1.0.11'] },
    w1: { name: 'w1', site: 'west', addresses: ['10.2.0.11'] },
  },
};

const service = (name: string, namespace: string, nodes: readonly string[]) =>
  serviceOf(name, { namespace, copies: nodes.map((node) => copyOf(name, node)) });

describe('the views of all sites', () => {
  let far: Record<string, number>;
  let views: Views;
  const set = (one: EdgeService) => views.setService(serviceKey(one), one);
  const chosen = (at: string, key: string) =>
    views
      .siteView(at)
      .services[key]?.copies.filter(({ verdict }) => verdict === 'chosen')
      .map(({ id }) => id);

  beforeEach(() => {
    far = {};
    views = new Views(places, {
      distance: (from, to): Distance => ({
        milliseconds: far[`${from} ${to}`] ?? 10,
        error: 0,
        basis: 'measured',
      }),
    });
    set(service('web', 'shop', ['e1', 'w1']));
    views.changes();
  });

  test('each site is sent to its own copies', () => {
    expect([chosen('east', 'shop/web'), chosen('west', 'shop/web')]).toEqual([['web-e1'], ['web-w1']]);
  });

  test.each([
    [5, 2],
    [2, 1],
    [1, 0],
  ])('a failover within %d s lets resolvers keep an answer for %d s', (failover, ttl) => {
    set({ ...service('web', 'shop', ['w1']), steer: 'direct', failover });
    expect(views.changes().get('east')?.set).toMatchObject({ 'shop/web': { ttl } });
  });

  test('what is set again as it was is no change', () => {
    set(service('web', 'shop', ['e1', 'w1']));
    expect(views.changes()).toEqual(new Map());
  });

  test('a new service, and one that went, is a change at every site', () => {
    set(service('db', 'shop', ['e1']));
    expect([...views.changes()].map(([name, change]) => [name, Object.keys(change.set)])).toEqual([
      ['east', ['shop/db']],
      ['west', ['shop/db']],
    ]);
    views.setService('shop/db', undefined);
    expect(views.changes().get('west')).toEqual({ set: {}, removed: ['shop/db'] });
  });

  test('a service that is not given a name has all but that', () => {
    expect(views.siteView('east').services['shop/web']).toMatchObject({ alias: true, bySite: true });
    const refused = [{ kind: 'name' as const, what: 'web', reason: 'service lab/web has it' }];
    const given = { alias: false, bySite: false };
    views.setService('shop/web', { ...service('web', 'shop', ['e1', 'w1']), given, refused });
    expect(views.changes().get('east')?.set).toMatchObject({ 'shop/web': { ...given, refused } });
  });

  test('a model that says the same is no change, and of another what differs is', () => {
    const web = service('web', 'shop', ['e1', 'w1']);
    views.setModel({ ...places, services: { 'shop/web': web } });
    expect(views.changes()).toEqual(new Map());
    views.setModel({ ...places, services: { 'shop/db': service('db', 'shop', ['e1']) } });
    expect(views.changes().get('west')).toMatchObject({ set: { 'shop/db': {} }, removed: ['shop/web'] });
  });

  test('choices of another are taken in the place of those made here', () => {
    far = { 'north east': 10, 'north west': 11 };
    const north = { ...places, sites: { ...places.sites, north: site('north', '10.3.0.1') } };
    views.setPlaces(north);
    views.changes();
    expect(chosen('north', 'shop/web')).toEqual(['web-e1']);
    views.recall({ north: { 'shop/web': 'west' } });
    views.changes();
    expect(chosen('north', 'shop/web')).toEqual(['web-w1']);
    expect(views.kept()).toEqual({ north: { 'shop/web': 'west' } });
    // Of a service that is gone meanwhile nothing is kept.
    views.recall({ north: { 'shop/web': 'west', 'shop/gone': 'west' } });
    views.changes();
    expect(views.kept()).toEqual({ north: { 'shop/web': 'west' } });
    views.recall({});
    views.changes();
    expect([chosen('north', 'shop/web'), views.kept()]).toEqual([['web-e1'], {}]);
  });

  test('a node that moves to another site moves its copies', () => {
    views.setPlaces({ ...places, nodes: { ...places.nodes, e1: { ...places.nodes.e1, site: 'west' } } });
    const change = views.changes().get('west');
    expect(change?.places?.nodes).toEqual({ e1: ['10.1.0.11'], w1: ['10.2.0.11'] });
    expect(chosen('west', 'shop/web')).toEqual(['web-e1', 'web-w1']);
  });
});
