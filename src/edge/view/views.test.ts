import { beforeEach, describe, expect, test } from 'vitest';
import { copyOf, serviceOf } from '../fixture.ts';
import { type EdgeService, serviceKey } from '../model.ts';
import type { Distance } from './choose.ts';
import { Views } from './views.ts';

const site = (name: string, address: string) => ({ name, gateway: [address], prefer: [] });
const places = {
  domain: 'edge.internal',
  sites: { east: site('east', '10.1.0.1'), west: site('west', '10.2.0.1') },
  nodes: {
    e1: { name: 'e1', site: 'east', addresses: ['10.1.0.11'] },
    w1: { name: 'w1', site: 'west', addresses: ['10.2.0.11'] },
  },
};

const service = (name: string, namespace: string, nodes: readonly string[]) =>
  serviceOf(name, { namespace, copies: nodes.map((node) => copyOf(name, node)) });

describe('the views of all sites', () => {
  let down: string[];
  let far: Record<string, number>;
  let views: Views;
  const set = (one: EdgeService) => views.setService(serviceKey(one), one);
  const chosen = (at: string, key: string) =>
    views
      .siteView(at)
      .services[key]?.copies.filter(({ verdict }) => verdict === 'chosen')
      .map(({ id }) => id);

  beforeEach(() => {
    down = [];
    far = {};
    views = new Views(places, {
      distance: (from, to): Distance => ({
        milliseconds: far[`${from} ${to}`] ?? 10,
        error: 0,
        basis: 'measured',
      }),
      health:
        () =>
        ({ id }) =>
          down.includes(id) ? 'down' : undefined,
    });
    set(service('web', 'shop', ['e1', 'w1']));
    views.changes();
  });

  test('each site is sent to its own copies', () => {
    expect([chosen('east', 'shop/web'), chosen('west', 'shop/web')]).toEqual([['web-e1'], ['web-w1']]);
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

  test('what one site’s checks say concerns that site only', () => {
    down.push('web-e1');
    views.look('east', ['shop/web']);
    expect([...views.changes().keys()]).toEqual(['east']);
    expect(chosen('east', 'shop/web')).toEqual(['web-w1']);
  });

  test('a service that takes a short name which another has leaves it to neither', () => {
    expect(views.siteView('east').services['shop/web']?.alias).toBe(true);
    set(service('web', 'lab', ['e1']));
    const change = views.changes().get('east');
    expect([change?.set['shop/web']?.alias, change?.set['lab/web']?.alias]).toEqual([false, false]);
    views.setService('lab/web', undefined);
    expect(views.changes().get('east')?.set['shop/web']?.alias).toBe(true);
  });

  test('a node that moves to another site moves its copies', () => {
    views.setPlaces({ ...places, nodes: { ...places.nodes, e1: { ...places.nodes.e1, site: 'west' } } });
    const change = views.changes().get('west');
    expect(change?.places?.nodes).toEqual({ e1: ['10.1.0.11'], w1: ['10.2.0.11'] });
    expect(chosen('west', 'shop/web')).toEqual(['web-e1', 'web-w1']);
  });
});
