import { expect, test } from 'vitest';
import { viewsOf } from './distance/views.ts';
import { copyOf, serviceOf } from './fixture.ts';
import { namedBySources, namedInView, namesOf, refusals } from './names.ts';

const model = {
  domain: 'edge.internal',
  caa: [],
  sites: { east: { name: 'east', gateway: ['10.1.0.1'], prefer: [] } },
  nodes: { e1: { name: 'e1', site: 'east', addresses: ['10.1.0.11'] } },
  services: {
    'shop/web': serviceOf('web', { copies: [copyOf('web', 'e1')] }),
    'lab/db': serviceOf('db', { namespace: 'lab', copies: [copyOf('db', 'e1')] }),
    'shop/db': serviceOf('db'),
    'shop/e1': serviceOf('e1'),
    'shop/node': serviceOf('node'),
  },
};
const names = namesOf(namedBySources(model));

const given = (kind: string) =>
  names
    .filter((one) => one.kind === kind)
    .map(({ name, refused }) => (refused === undefined ? name : `${name}: ${refused}`));

test('names of services in their namespaces, of nodes and gateways are always given', () => {
  expect(given('service')).toEqual([
    'web.shop.svc',
    'db.lab.svc',
    'db.shop.svc',
    'e1.shop.svc',
    'node.shop.svc',
  ]);
  expect(given('node')).toEqual(['e1.node']);
  expect(given('gateway')).toEqual(['east.gateway']);
});

test('a name at a site is given where no other service has the name, wherever its copies run', () => {
  expect(given('site')).toEqual(['web.east.site', 'db.east.site: service shop/db has the same name']);
});

test('a short name is given where nobody else has it', () => {
  expect(given('alias')).toEqual([
    'web',
    'db: service shop/db has the same name',
    'db: service lab/db has the same name',
    'e1: node e1 has the same name',
    'node: "node" is where canonical names begin',
  ]);
});

test('of many that share a name, a few are named', () => {
  const having = Array.from({ length: 1000 }, (_, index) => `n${index}/web`);
  expect(refusals('web', 'n1/web', having, {}).bySite).toBe(
    'service n0/web and service n2/web and service n3/web have the same name',
  );
});

test('a gateway knows the same names', () => {
  const views = viewsOf(model);
  views.changes();
  expect(namesOf(namedInView(views.siteView('east')))).toEqual(names);
});
