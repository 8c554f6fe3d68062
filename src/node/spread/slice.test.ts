import { expect, test } from 'vitest';
import { specOf } from '../../../test/support/compose.ts';
import { farPod } from '../../../test/support/far-pod.ts';
import { hash } from '../../../test/support/observed.ts';
import { nothing } from '../../deploy/observed.ts';
import { plan } from '../../deploy/plan/plan.ts';
import { shares } from './share.ts';
import { checkPlacement, checkScaling, sliceOf } from './slice.ts';

const text = (network = '{ x-heddle: { archetype: ip, vlan: 7 } }') => `
services:
  web:
    image: a
    networks: [lab]
    depends_on: { db: { condition: service_healthy } }
    x-heddle: { manage: { flows: true } }
  db: { image: b, networks: [lab], volumes: [data:/data], x-heddle: { manage: { flows: true } } }
  logs: { image: c }
volumes: { data: }
networks: { lab: ${network} }
`;
const spec = specOf(text());
const placement = { web: 'b1', db: 'p1', logs: 'b1' };
const names = (slice: { readonly pods: readonly { readonly name: string }[] }) =>
  slice.pods.map(({ name }) => name);

test('each node has its own pods and what these need, and knows who is elsewhere', () => {
  const [here, there] = [sliceOf(spec, placement, 'b1'), sliceOf(spec, placement, 'p1')];
  expect(names(here)).toEqual(expect.arrayContaining(['shop-web-1', 'shop-logs-1']));
  expect(names(here)).not.toContain('shop-db-1');
  expect(names(there)).toEqual(expect.arrayContaining(['shop-db-1']));
  expect(here.networks.map(({ key }) => key)).toEqual(expect.arrayContaining(['lab', 'default']));
  expect(there.networks.map(({ key }) => key)).toEqual(['lab']);
  expect([here.volumes.length, there.volumes.length]).toEqual([0, 1]);
  expect(here.elsewhere).toEqual([farPod('db', { node: 'p1' })]);
  // What gathers stands on both.
  const collector = spec.pods.find(({ role }) => role === 'collector')?.name;
  expect(names(here)).toContain(collector);
  expect(names(there)).toContain(collector);
});

test('whoever depends on a service of another node waits for it, and a node that heals by itself does not', () => {
  const slice = sliceOf(spec, placement, 'b1');
  const stepsIn = (mode: 'up' | 'heal') =>
    plan(slice, nothing, { hash, mode, settled: true, mayRestart: () => true }).steps;
  const waits = stepsIn('up').find(({ kind }) => kind === 'awaitFarService');
  expect(waits).toMatchObject({
    subject: 'db healthy',
    reason: 'others depend on db, which is on p1, being healthy',
  });
  const web = stepsIn('up').find(({ id }) => id === 'createContainer shop-web-1');
  expect(web?.after).toContain(waits?.id);
  expect(stepsIn('heal').map(({ kind }) => kind)).not.toContain('awaitFarService');
});

test('a node is asked for the services that were named and what they depend on, if it has any of them', () => {
  const asked = shares({ spec, services: ['web'] }, placement);
  expect([...asked].map(([node, { services }]) => [node, services])).toEqual([
    ['b1', ['web']],
    ['p1', ['db']],
  ]);
  expect([...shares({ spec, services: ['logs'] }, placement).keys()]).toEqual(['b1']);
  expect(shares({ spec }, placement).get('p1')).toMatchObject({ empty: ['web', 'logs'] });
});

test('a network of the engine cannot be on two nodes, nor one namespace, nor a function and what it is for', () => {
  expect(() => checkPlacement(specOf(text('{}')), placement)).toThrow(
    'networks.lab: web, db are on b1 and p1, and a network of the container engine ends at its host',
  );
  const beside = specOf(text().replace('image: c', 'image: c, network_mode: "service:db"'));
  expect(() => checkPlacement(beside, placement)).toThrow(
    'services.logs: shop-logs-1 lives in the network namespace of shop-db-1, which is on p1',
  );
  const led = specOf(
    `${text()}
x-heddle: { chains: [{ name: shop, from: web, to: db, through: [fw] }] }
`.replace(
      '  logs: { image: c }',
      '  logs: { image: c }\n  fw: { image: f, network_mode: none, x-heddle: { function: wire } }',
    ),
  );
  expect(() => checkPlacement(led, { ...placement, fw: 'b1' })).toThrow(
    'services.db: the function fw is on b1, and shop-db-1, which is led through it, on p1',
  );
  expect(() => checkPlacement(led, { ...placement, fw: 'p1' })).not.toThrow();
});

test('replicas follow metrics where all of the application is on the node that is asked', () => {
  const spec = specOf(
    'services: { web: { image: a, x-heddle: { scale: { max: 5, on: [{ cpu: 60% }] } } }, db: { image: b } }',
  );
  expect(() => checkScaling(spec, { web: 'here', db: 'there' }, 'here')).toThrow(
    /services.web.x-heddle.scale: .*, and db is on there/,
  );
  expect(() => checkScaling(spec, { web: 'here', db: 'here' }, 'here')).not.toThrow();
  expect(() => checkScaling(specOf('services: { db: { image: b } }'), { db: 'there' }, 'here')).not.toThrow();
});
