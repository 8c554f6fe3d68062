import { expect, test } from 'vitest';
import { copyOf, serviceOf } from './fixture.ts';
import { namesOf } from './names.ts';

const model = {
  domain: 'edge.internal',
  sites: { east: { name: 'east', gateway: ['10.1.0.1'], prefer: [] } },
  nodes: { e1: { name: 'e1', site: 'east', addresses: ['10.1.0.11'] } },
  services: {
    'shop/web': serviceOf('web', { copies: [copyOf('web', 'e1')] }),
    'lab/db': serviceOf('db', { namespace: 'lab' }),
    'shop/db': serviceOf('db'),
    'shop/e1': serviceOf('e1'),
    'shop/node': serviceOf('node'),
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
