import { expect, test } from 'vitest';
import { type EdgeService, noPolicy } from './model.ts';
import { namesOf } from './names.ts';

const service = (name: string, namespace: string, nodes: readonly string[] = []): EdgeService => ({
  name,
  namespace,
  ports: [],
  steer: 'gateway',
  failover: 5,
  policy: noPolicy,
  copies: nodes.map((node) => ({
    id: node,
    node,
    address: '10.0.0.1',
    ports: {},
    ready: true,
    draining: false,
  })),
  sources: [],
});

const model = {
  domain: 'edge.internal',
  sites: { east: { name: 'east', gateway: ['10.1.0.1'], prefer: [] } },
  nodes: { e1: { name: 'e1', site: 'east', addresses: ['10.1.0.11'] } },
  services: {
    'shop/web': service('web', 'shop', ['e1']),
    'lab/db': service('db', 'lab'),
    'shop/db': service('db', 'shop'),
    'shop/e1': service('e1', 'shop'),
    'shop/node': service('node', 'shop'),
  },
};
const names = namesOf(model);

test('canonical names are always given', () => {
  expect(names.filter(({ kind }) => kind !== 'alias').map(({ name }) => name)).toEqual([
    'web.shop.svc',
    'web.east.site',
    'db.lab.svc',
    'db.shop.svc',
    'e1.shop.svc',
    'node.shop.svc',
    'e1.node',
    'east.gateway',
  ]);
});

test('a short name is given where nobody else has it, and refused with the reason otherwise', () => {
  const aliases = names.filter(({ kind }) => kind === 'alias');
  expect(aliases.map(({ name, refused }) => [name, refused ?? 'given'])).toEqual([
    ['web', 'given'],
    ['db', 'service shop/db has the same name'],
    ['db', 'service lab/db has the same name'],
    ['e1', 'node e1 has the same name'],
    ['node', '"node" is where canonical names begin'],
  ]);
});
