import { expect, test } from 'vitest';
import { copyOf, serviceOf } from '../../../test/support/edge-model.ts';
import { LocalViews } from '../gateway/local-views.ts';
import { granted } from '../grants/grants.ts';
import { namedBySources, namedInView, namesOf } from './names.ts';

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
const names = namesOf(namedBySources(granted(model)));

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

test('a name at a site is given to one of those that have the name, wherever its copies run', () => {
  expect(given('site')).toEqual(['web.east.site', 'db.east.site']);
});

test('a short name is given to one, and the others are told who has it', () => {
  expect(given('alias')).toEqual([
    'web',
    'db',
    'db: service lab/db has it',
    'e1: node e1 has the same name',
    'node: "node" is where canonical names begin',
  ]);
});

test('a port that a service has alone is named, and who asked for it in vain', () => {
  const raw = { name: 'raw', port: 7001, protocol: 'tcp', application: 'stream' } as const;
  const web = { name: 'http', port: 80, protocol: 'tcp', application: 'http' } as const;
  const services = {
    'shop/named': serviceOf('named', { ports: [raw, web] }),
    'test/clash': serviceOf('clash', { namespace: 'test', ports: [raw, web] }),
  };
  const ports = namesOf(namedBySources(granted({ ...model, services }))).filter(
    ({ kind }) => kind === 'port',
  );
  expect(ports).toEqual([
    { name: '7001/tcp', kind: 'port', target: { service: 'shop/named' } },
    {
      name: '7001/tcp',
      kind: 'port',
      target: { service: 'test/clash' },
      refused: 'shop/named has it',
      isHeld: true,
    },
  ]);
});

test('a gateway knows the same names', () => {
  expect(namesOf(namedInView(new LocalViews('east', model).snapshot().view))).toEqual(names);
});
