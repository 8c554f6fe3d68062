import { expect, test } from 'vitest';
import { specOf } from '../../test/support/compose.ts';
import { routingOf } from './led.ts';

test('functions route whose mode it is, and of the catalogue those that let pass only what their rules have seen', () => {
  const { pods } = specOf(`
services:
  web: { image: w }
  db: { image: d }
  rt: { image: r, x-heddle: { function: route } }
  near: { image: r, x-heddle: { function: { mode: route, per: replica } } }
  ids: { image: i, x-heddle: { function: wire } }
  lb: { image: h, x-heddle: { function: { mode: proxy, port: 10080 } } }
x-heddle:
  chains:
    - { name: front, from: web, to: db, through: [rt, near, ids, { nat: { ports: ["8080:80"] } }, { firewall: { ingress: allow } }] }
`);
  const routing = pods.map((pod) => [pod.name.replace(/^shop-/, ''), routingOf(pod)]);
  const [none, free, gated] = [
    { isRouted: false, isGated: false },
    { isRouted: true, isGated: false },
    { isRouted: true, isGated: true },
  ];
  expect(Object.fromEntries(routing)).toMatchObject({
    'web-1': none,
    'db-1': none,
    'ids-1': none,
    'db-1.front.firewall': none,
    'rt-1': free,
    'lb-1': { ...free, listensAt: 10080 },
    'db-1.near': free,
    'db-1.front.nat': gated,
  });
});
