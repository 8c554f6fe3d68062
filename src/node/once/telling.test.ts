import { expect, test } from 'vitest';
import { specOf } from '../../../test/support/compose.ts';
import { deployed, with_ } from '../../../test/support/observed.ts';
import { heal, stepsOf } from '../../../test/support/planned.ts';
import { label } from '../../lib/labels.ts';
import { tellingSteps } from './telling.ts';

const spec = specOf(`
services:
  web: { image: nginx }
  db: { image: mariadb }
  fw: { image: wall, network_mode: none, x-heddle: { function: wire } }
x-heddle: { chains: [{ name: front, from: web, to: db, through: [fw, { firewall: { ingress: [{ from: [web] }] } }] }] }
`);
const now = deployed(spec);
const web = now.containers.find(({ name }) => name === 'shop-web-1');
const holder = now.containers.find(({ name }) => name === 'shop-web-1.sandbox');

test('chains, functions and the host hear of what runs once, and nothing is started for that', () => {
  if (!web || !holder) throw new Error('there is no web');
  const labels = {
    ...holder.labels,
    [label.pod]: 'shop-web-run-1',
    [label.podRole]: 'oneoff',
  };
  const networks = [{ network: 'shop_default', mac: '02:00:00:00:00:07', ipv4: '10.0.0.7' }];
  const once = { ...holder, name: 'shop-web-run-1.sandbox', id: 'once', labels, networks };
  const ended = with_(now, 'shop-web-1', { state: 'stopped', exitCode: 1 });
  const steps = stepsOf(spec, { ...ended, containers: [...ended.containers, once] }, heal);
  expect(steps.map(({ id }) => id)).toContain('startContainer shop-web-1');
  expect(tellingSteps(steps).map(({ id, after }) => [id, after])).toEqual([
    ['insertWire shop-db-1', []],
    ['configureFunction shop-db-1.front.firewall', []],
    ['guardNeighbours shop', ['insertWire shop-db-1', 'configureFunction shop-db-1.front.firewall']],
  ]);
});

test('who cannot be led yet is not', () => {
  const gone = with_(now, 'shop-fw-1.sandbox', { state: 'stopped', finishedAt: 0 });
  const steps = stepsOf(spec, gone, heal);
  expect(steps.map(({ id }) => id)).toContain('insertWire shop-db-1');
  expect(tellingSteps(steps).map(({ kind }) => kind)).not.toContain('insertWire');
});
