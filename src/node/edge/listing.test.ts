import { expect, test } from 'vitest';
import { desired, podSpec, replica } from '../../../test/support/published-replicas.ts';
import type { ObservedContainer } from '../../engines/observed.ts';
import type { Desired } from '../desired.ts';
import { listingOf } from './listing.ts';

function copies(wanted: Desired, ...containers: readonly ObservedContainer[][]): string[] {
  return (
    listingOf(wanted, containers.flat())[0]?.copies.map(({ id, address, ready, draining }) =>
      [id, address, ...(ready ? [] : ['not ready']), ...(draining ? ['draining'] : [])].join(' '),
    ) ?? []
  );
}

test('each replica that runs is a copy, in the words of the file', () => {
  expect(listingOf(desired(2), [replica(2), replica(1)].flat())).toEqual([
    {
      project: 'shop',
      service: 'web',
      name: 'web',
      namespace: 'shop',
      explicit: false,
      ports: [{ name: 'http', port: 80, protocol: 'tcp', application: 'http' }],
      steer: 'gateway',
      failover: 5,
      policy: { pin: [], exclude: [], weights: {}, by: 'delay' },
      copies: [
        { id: 'shop-web-1', address: '10.89.0.1', ports: { http: 8080 }, ready: true, draining: false },
        { id: 'shop-web-2', address: '10.89.0.2', ports: { http: 8080 }, ready: true, draining: false },
      ],
    },
  ]);
});

test('what is not published is not told of', () => {
  const { edge: _, ...spec } = desired(1).spec;
  expect(listingOf({ spec, stopped: [] }, replica(1))).toEqual([]);
});

test('with a health check it is ready when that passes', () => {
  const all = (['starting', 'healthy', 'unhealthy'] as const).map((health, index) =>
    replica(index + 1, { health }),
  );
  expect(copies(desired(3), ...all)).toEqual([
    'shop-web-1 10.89.0.1 not ready',
    'shop-web-2 10.89.0.2',
    'shop-web-3 10.89.0.3 not ready',
  ]);
});

test.each(['created', 'paused', 'stopped'] as const)('one that is %s is no copy', (state) =>
  expect(copies(desired(2), replica(1, { state }), replica(2))).toEqual(['shop-web-2 10.89.0.2']),
);

test('nor is one whose network is gone', () => expect(copies(desired(1), replica(1).slice(1))).toEqual([]));

test('what is being stopped, and what is one too many, keeps its connections and gets no more', () => {
  expect(copies(desired(1, { stopped: ['web'] }), replica(1))).toEqual(['shop-web-1 10.89.0.1 draining']);
  expect(copies(desired(1), replica(1), replica(2))).toEqual([
    'shop-web-1 10.89.0.1',
    'shop-web-2 10.89.0.2 draining',
  ]);
});

test('a service in the network of another is at its address, one in the host’s at the host', () => {
  const { spec } = desired(0);
  const holder = { ...podSpec('shop-web-1'), service: 'gate' };
  const joined = podSpec('shop-web-2', { kind: 'pod', pod: 'shop-web-1' });
  const both = { spec: { ...spec, pods: [holder, joined] }, stopped: [], settled: true };
  expect(copies(both, replica(1).slice(0, 1), replica(2).slice(1))).toEqual(['shop-web-2 10.89.0.1']);
  const atHost = { ...both, spec: { ...spec, pods: [podSpec('shop-web-1', { kind: 'host' })] } };
  expect(listingOf(atHost, replica(1).slice(1))[0]?.copies).toMatchObject([
    { address: null, ports: { http: 8080 } },
  ]);
});
