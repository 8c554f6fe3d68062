import { expect, test } from 'vitest';
import { specOf } from '../../../test/support/compose.ts';
import { deployed, with_ } from '../../../test/support/observed.ts';
import { guarded, heal, ids, plain, stepsOf } from '../../../test/support/planned.ts';
import { nothing } from '../observed.ts';

test('a firewall stands, with its rules, before the application starts', () => {
  const spec = specOf(guarded);
  const steps = stepsOf(spec, { ...nothing, images: deployed(spec).images });
  const waitsFor = (id: string) => steps.find((step) => step.id === id)?.after;
  expect(waitsFor('createContainer shop-db-1')).toContain('insertWire shop-db-1');
  expect(waitsFor('createContainer shop-db-1')).toContain('guardNeighbours shop');
  expect(waitsFor('guardNeighbours shop')).toEqual(
    expect.arrayContaining(['insertWire shop-db-1', 'createSandbox shop-web-1']),
  );
  expect(waitsFor('insertWire shop-db-1')).toContain('configureFunction shop-db-1.firewall');
  expect(waitsFor('configureFunction shop-db-1.firewall')).toEqual(
    expect.arrayContaining([
      'createSandbox shop-db-1',
      'createSandbox shop-web-1',
      'createContainer shop-db-1.firewall.guard',
    ]),
  );
});

test('it has its rules when the interfaces are there that they are for', () => {
  const spec = specOf(`
services:
  web: { image: i, networks: [lab] }
  db: { image: i, networks: [lab], x-heddle: { manage: { firewall: { ingress: [{ ports: ["80/tcp"], from: [web] }] } } } }
networks: { lab: { x-heddle: { archetype: ip } } }
`);
  const steps = stepsOf(spec, { ...nothing, images: deployed(spec).images });
  const { after } = steps.find(({ id }) => id === 'configureFunction shop-db-1.firewall')!;
  expect(after).toEqual(
    expect.arrayContaining(['connectEndpoint shop-db-1 shop_lab', 'connectEndpoint shop-web-1 shop_lab']),
  );
});

test('a firewall is put around a service that runs, and taken away, without touching it', () => {
  const [open, closed] = [specOf(plain), specOf(guarded)];
  const images = deployed(closed).images;
  expect(ids(closed, { ...deployed(open), images })).toEqual([
    'createSandbox shop-db-1.firewall',
    'createContainer shop-db-1.firewall.guard',
    'configureFunction shop-db-1.firewall',
    'insertWire shop-db-1',
    'guardNeighbours shop',
  ]);
  expect(ids(open, deployed(closed))).toEqual([
    'removeWire shop-db-1',
    'removeContainer shop-db-1.firewall.guard',
    'removeContainer shop-db-1.firewall.sandbox',
    'releaseFunction shop-db-1.firewall',
    'removeGuard shop',
  ]);
});

test('rules that name a service are loaded again when it gets a new replica', () => {
  const free = guarded.replace(', ports: ["8080:80"]', '');
  const order = ids(specOf(free, { scale: { web: 2 } }), deployed(specOf(free)));
  expect(order).toContain('configureFunction shop-db-1.firewall');
  expect(order.indexOf('configureFunction shop-db-1.firewall')).toBeGreaterThan(
    order.indexOf('createSandbox shop-web-2'),
  );
});

test('a firewall whose agent ended is made anew, its wire never taken out', () => {
  const spec = specOf(guarded);
  const ended = with_(deployed(spec), 'shop-db-1.firewall.guard', { state: 'stopped', exitCode: 137 });
  expect(ids(spec, ended, heal)).toEqual([
    'removeContainer shop-db-1.firewall.guard',
    'createContainer shop-db-1.firewall.guard',
  ]);
});

test('a wire that does not carry all of a pod’s traffic is made whole, with rules for what is new', () => {
  const spec = specOf(guarded);
  const paths = [{ pod: 'shop-db-1', path: ['shop-db-1.firewall'], whole: false }];
  const steps = stepsOf(spec, { ...deployed(spec), paths }, heal);
  expect(steps.map(({ id }) => id)).toEqual([
    'configureFunction shop-db-1.firewall',
    'insertWire shop-db-1',
    'guardNeighbours shop',
  ]);
  expect(steps[1]?.reason).toBe('not all of its traffic passes shop-db-1.firewall');
});

test('rules of the host that somebody took away are put back', () => {
  const spec = specOf(guarded);
  const { guard: _gone, ...observed } = deployed(spec);
  expect(ids(spec, observed, heal)).toEqual(['guardNeighbours shop']);
});

test('a neighbour that is somewhere else than before is known there before it runs', () => {
  const spec = specOf(guarded);
  const stopped = with_(deployed(spec), 'shop-web-1.sandbox', { state: 'stopped', finishedAt: 0 });
  const steps = stepsOf(spec, with_(stopped, 'shop-web-1', { state: 'stopped', exitCode: 0 }), heal);
  expect(steps.find(({ id }) => id === 'startContainer shop-web-1')?.after).toContain('guardNeighbours shop');
  expect(steps.find(({ id }) => id === 'guardNeighbours shop')?.after).toEqual(
    expect.arrayContaining(['startSandbox shop-web-1', 'configureFunction shop-db-1.firewall']),
  );
});

test('a function that only looks stands in the path without being told anything', () => {
  const inspected = specOf(
    plain.replace('image: mariadb', 'image: mariadb, x-heddle: { manage: { inspection: true } }'),
  );
  const steps = stepsOf(inspected, { ...deployed(specOf(plain)), images: deployed(inspected).images });
  expect(steps.map(({ id }) => id)).toEqual([
    'createSandbox shop-db-1.inspection',
    'createContainer shop-db-1.inspection.inspector',
    'insertWire shop-db-1',
    'guardNeighbours shop',
  ]);
  expect(ids(inspected, { ...deployed(inspected), functions: {} })).toEqual([]);
});
