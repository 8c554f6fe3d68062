import { expect, test } from 'vitest';
import { node } from '../../../../test/support/kubernetes-objects.ts';
import { nodeOf } from './node.ts';

const zone = { 'topology.kubernetes.io/zone': 'berlin' };

test('the site of a node is its own, else the cluster’s, else its zone', () => {
  const own = { labels: { ...zone, 'heddle.io/site': 'potsdam' } };
  expect(nodeOf(node('b1', own), 'helsinki').node).toMatchObject({ site: 'potsdam' });
  expect(nodeOf(node('b1'), 'helsinki').node).toMatchObject({ site: 'helsinki' });
  expect(nodeOf(node('b1'), undefined).node).toMatchObject({ site: 'berlin' });
  expect(nodeOf(node('b1', { labels: {} }), undefined).problem).toMatch(/heddle.io\/site nor topology/);
});

test('a node has its name with hyphens for dots, or the one that it is given', () => {
  expect(nodeOf(node('ip-10-2-0-11.eu-1.internal'), 'berlin').node?.name).toBe('ip-10-2-0-11-eu-1-internal');
  expect(nodeOf(node('x'.repeat(64)), 'berlin').problem).toMatch(/no DNS label/);
  const named = { annotations: { 'heddle.io/name': 'b1' } };
  expect(nodeOf(node('x'.repeat(64), named), 'berlin').node?.name).toBe('b1');
});

test('a node has the addresses of the cluster’s network, of both families, or those it is given', () => {
  expect(nodeOf(node('b1', {}, '10.2.0.11', 'fd00::11'), 'berlin').node?.addresses).toEqual([
    '10.2.0.11',
    'fd00::11',
  ]);
  const given = (text: string) =>
    nodeOf(node('b1', { annotations: { 'heddle.io/addresses': text } }), 'berlin');
  expect(given('192.0.2.1, 2001:db8::1').node?.addresses).toEqual(['192.0.2.1', '2001:db8::1']);
  expect(given('here').problem).toMatch(/"here"/);
  const outside = { status: { addresses: [{ type: 'ExternalIP', address: '198.51.100.7' }] } };
  expect(nodeOf({ ...node('b1'), ...outside }, 'berlin').node?.addresses).toEqual(['198.51.100.7']);
  expect(nodeOf({ ...node('b1'), status: {} }, 'berlin').problem).toMatch(/no address yet/);
});
