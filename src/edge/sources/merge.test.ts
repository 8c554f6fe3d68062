import { expect, test } from 'vitest';
import { copyOf } from '../../../test/support/edge-model.ts';
import { merge, node, places, problemsOf, published, site } from '../../../test/support/merge.ts';
import { Merge } from './merge.ts';
import type { SourceObject } from './source.ts';

const objects = (entries: Record<string, SourceObject | undefined>) => new Map(Object.entries(entries));

test('services of two sources are one if both wrote the name out', () => {
  const both = merge();
  both.apply(
    'west',
    objects({
      w1: node('w1', 'berlin'),
      web: published('web', { explicit: true, copies: [copyOf('web', 'w1')] }),
    }),
  );
  both.apply(
    'east',
    objects({
      e1: node('e1', 'helsinki'),
      www: published('web', { explicit: true, copies: [copyOf('web', 'e1')] }),
    }),
  );
  expect(both.changes().services.get('shop/web')).toMatchObject({
    sources: ['east', 'west'],
    copies: [{ node: 'e1' }, { node: 'w1' }],
  });
  expect(problemsOf(both)).toEqual([]);
});

test('a name stays with the source that had it, over a restart as well; but the first source is the operator’s', () => {
  const mine = () => new Merge(['file', 'east', 'west'], places);
  const both = mine();
  const claim = () => objects({ 'Service shop/web': published('web') });
  both.apply('west', claim());
  both.changes();
  both.apply('east', claim());
  expect(both.changes().services.get('shop/web')).toMatchObject({ sources: ['west'] });
  const next = mine();
  next.recall(both.kept());
  next.apply('east', claim());
  next.apply('west', claim());
  expect(next.changes().services.get('shop/web')).toMatchObject({ sources: ['west'] });
  const late = mine();
  late.recall(both.kept());
  late.apply('east', claim());
  late.changes();
  late.apply('west', claim());
  expect(late.changes().services.get('shop/web')).toMatchObject({ sources: ['west'] });
  next.apply('file', claim());
  expect(next.changes().services.get('shop/web')).toMatchObject({ sources: ['file'] });
});

test('one name that was not written out by both is a clash that names both, and the first source keeps it', () => {
  const both = merge();
  both.apply('west', objects({ 'Service shop/web': published('web', { explicit: true }) }));
  both.apply('east', objects({ 'Service shop/web': published('web') }));
  expect(both.changes().services.get('shop/web')).toMatchObject({ sources: ['east'] });
  expect(problemsOf(both)).toEqual([
    'west: Service shop/web is published as shop/web, as is Service shop/web of east: to be one service, both have to ' +
      'write the name out, which Service shop/web of east does not',
  ]);
  both.apply('east', objects({ 'Service shop/web': undefined }));
  expect(both.changes().services.get('shop/web')).toMatchObject({ sources: ['west'] });
  expect(problemsOf(both)).toEqual([]);
});

test('services that are reached in different ways are not one', () => {
  const both = merge();
  both.apply('east', objects({ a: published('web', { explicit: true }) }));
  both.apply('west', objects({ b: published('web', { explicit: true, steer: 'direct', failover: 2 }) }));
  expect(both.changes().services.get('shop/web')).toMatchObject({ steer: 'gateway', sources: ['east'] });
  expect(problemsOf(both)).toEqual([
    expect.stringMatching(/west: b .* a of east, and they differ in steer, failover/),
  ]);
});

test('copies of the same name in two clusters are two', () => {
  const both = merge();
  const copies = [copyOf('web', 'x', { id: 'web-0' })];
  both.apply('east', objects({ web: published('web', { explicit: true, copies }) }));
  both.apply('west', objects({ web: published('web', { explicit: true, copies }) }));
  expect(
    both
      .changes()
      .services.get('shop/web')
      ?.copies.map(({ id }) => id),
  ).toEqual(['web-0', 'web-0-2']);
});

test('who had a name before the first source claimed it changes nothing about the others’ copies', () => {
  const both = merge();
  const claim = (on: string) => published('web', { explicit: true, copies: [copyOf('web', on)] });
  both.apply('west', objects({ b: claim('n2') }));
  both.changes();
  both.apply('west', objects({ a: claim('n1') }));
  both.apply('east', objects({ a: claim('n1') }));
  const ids = () =>
    both
      .changes()
      .services.get('shop/web')
      ?.copies.map(({ id }) => id);
  const once = ids();
  both.apply('east', objects({ a: claim('n1') }));
  expect(once).toEqual(['web-n1', 'web-n1-2', 'web-n2']);
  expect(ids()).toEqual(once);
});

test('of two nodes of one name the first is taken, and nothing that runs on the other is looked for there', () => {
  const both = merge();
  const here = objects({
    n1: node('n1', 'berlin'),
    web: published('web', { explicit: true, copies: [copyOf('web', 'n1')] }),
  });
  const there = objects({
    'Node n1': node('n1', 'helsinki'),
    api: published('api', { copies: [copyOf('api', 'n1')] }),
  });
  both.apply('west', there);
  both.apply('east', here);
  const { places: now, services } = both.changes();
  expect(now?.nodes['n1']).toMatchObject({ site: 'berlin' });
  expect(services.get('shop/api')?.copies).toEqual([]);
  expect(problemsOf(both)).toEqual(['west: Node n1 has the name n1, as has n1 of east']);
  both.apply('east', objects({ n1: undefined }));
  const later = both.changes();
  expect(later.places?.nodes['n1']).toMatchObject({ site: 'helsinki' });
  expect(later.services.get('shop/api')?.copies).toHaveLength(1);
});

test('a node at a site that is not declared waits until it is', () => {
  const both = merge();
  both.apply('east', objects({ 'Node n1': node('n1', 'Berlin') }));
  expect(both.changes().places?.nodes).toEqual({});
  expect(problemsOf(both)).toEqual([
    'east: Node n1 is at "Berlin", and there is no such site; did you mean "berlin"?',
  ]);
  both.setPlaces({ ...places, sites: { ...places.sites, Berlin: site('Berlin') } });
  expect(both.changes().places?.nodes).toHaveProperty('n1');
  expect(problemsOf(both)).toEqual([]);
});

test('a policy for a site that there is not is told of', () => {
  const both = merge();
  const policy = { pin: [], exclude: ['oslo'], weights: {}, by: 'delay' as const };
  both.apply('east', objects({ 'Service shop/web': published('web', { policy }) }));
  expect(both.changes().services.get('shop/web')).toBeDefined();
  expect(problemsOf(both)).toEqual([
    'east: Service shop/web has a policy for oslo, and there is no such site',
  ]);
  both.setPlaces({ ...places, sites: { ...places.sites, oslo: site('oslo') } });
  both.changes();
  expect(problemsOf(both)).toEqual([]);
});

test('what an object says is wrong with it is told as long as it is', () => {
  const both = merge();
  both.apply('east', objects({ 'Service shop/web': { problem: 'is not understood' } }));
  expect(problemsOf(both)).toEqual(['east: Service shop/web is not understood']);
  both.apply('east', objects({ 'Service shop/web': published('web') }));
  expect(problemsOf(both)).toEqual([]);
});
