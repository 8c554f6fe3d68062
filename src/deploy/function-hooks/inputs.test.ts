import { expect, test } from 'vitest';
import { specOf } from '../../../test/support/compose.ts';
import { deployed, with_ } from '../../../test/support/observed.ts';
import { concernedBy, hookInputs, isHooked } from './inputs.ts';

const spec = specOf(`
services:
  web: { image: a, scale: 2 }
  db: { image: b }
  fw: { image: f, network_mode: none, x-heddle: { function: { mode: wire, hooks: { configure: [m] } }, outputsOf: [tap] } }
  tap: { image: t, network_mode: none, x-heddle: { function: { mode: wire, per: replica, hooks: { configure: [m] } } } }
  other: { image: o }
x-heddle:
  chains:
    - { name: front, from: web, to: db, match: { ports: [80/tcp, 8000-8010/tcp] }, through: [fw, tap] }
    - { name: in, from: outside, to: web, through: [fw], onFailure: open }
`);
const pod = (name: string) => spec.pods.filter(isHooked).find((one) => one.name === name)!;
const observed = with_(deployed(spec), 'shop-web-1.sandbox', {
  networks: [{ network: 'shop_default', ipv4: '10.0.0.2' }],
});
const web = [
  { pod: 'shop-web-1', addresses: [{ network: 'shop_default', ipv4: '10.0.0.2' }] },
  { pod: 'shop-web-2', addresses: [{ network: 'shop_default' }] },
];
const db = { pod: 'shop-db-1', addresses: [{ network: 'shop_default' }] };
const tap = { pod: 'shop-db-1.tap', addresses: [] };

test('a manager is told of its chains, of its neighbours in them and of the services at their ends', () => {
  expect(hookInputs(spec, observed.containers, pod('shop-fw-1'), { 'shop-db-1.tap': { port: 1 } })).toEqual({
    function: { service: 'fw', pod: 'shop-fw-1', instance: 1, mode: 'wire', addresses: [] },
    chains: [
      {
        name: 'front',
        from: 'web',
        to: 'db',
        ports: ['80/tcp', '8000-8010/tcp'],
        through: ['fw', 'tap'],
        position: 1,
        onFailure: 'closed',
        before: { name: 'web', places: web },
        after: { name: 'tap', places: [tap] },
      },
      {
        name: 'in',
        from: 'outside',
        to: 'web',
        ports: [],
        through: ['fw'],
        position: 1,
        onFailure: 'open',
        before: { name: 'outside', places: [] },
        after: { name: 'web', places: web },
      },
    ],
    peers: { db: [db], web },
    instances: [],
    outputsOf: { tap: { 'shop-db-1.tap': { port: 1 } } },
  });
});

test('one that stands beside a pod is told whose traffic it is', () => {
  const { function: fn, chains } = hookInputs(spec, observed.containers, pod('shop-db-1.tap'), {});
  expect(fn).toMatchObject({ service: 'tap', pod: 'shop-db-1.tap', led: 'shop-db-1' });
  expect(chains.map(({ name, position }) => [name, position])).toEqual([['front', 2]]);
});

test('who does not run has no addresses', () => {
  const stopped = with_(observed, 'shop-db-1.sandbox', { state: 'stopped' });
  const { peers } = hookInputs(spec, stopped.containers, pod('shop-fw-1'), {});
  expect(peers['db']).toEqual([{ pod: 'shop-db-1', addresses: [] }]);
});

test('it is concerned by those that it is told of, and by nobody else', () => {
  const names = concernedBy(spec, pod('shop-fw-1')).map(({ name }) => name);
  expect(names.sort()).toEqual(['shop-db-1', 'shop-db-1.tap', 'shop-fw-1', 'shop-web-1', 'shop-web-2']);
});
