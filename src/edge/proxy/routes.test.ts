import { describe, expect, test } from 'vitest';
import { copyOn, serviceOf, snapshotOf } from '../../../test/support/site-zone.ts';
import type { CurrentView, ServiceView } from '../view/view.ts';
import { type ProxySetup, routesOf } from './routes.ts';

function viewOf(...services: readonly ServiceView[]): CurrentView {
  const all = services.map((one) => [`${one.namespace}/${one.name}`, one] as const);
  return { ...snapshotOf().view, services: new Map(all) };
}
const routed = (name: string, rest: Partial<ServiceView> = {}) =>
  serviceOf(name, { steer: 'gateway', ...rest });
const routes = (setup: Partial<ProxySetup>, ...services: readonly ServiceView[]) =>
  routesOf(viewOf(...services), { tls: false, balance: false, ...setup });
const port = (
  name: string,
  number: number,
  application: 'http' | 'stream',
  protocol: 'tcp' | 'udp' = 'tcp',
) => ({
  name,
  port: number,
  protocol,
  application,
});

describe('a service of HTTP', () => {
  test('is reached by each of its names, also without the domain, and by its path', () => {
    expect(routes({}, routed('web')).listeners).toEqual([
      {
        port: 80,
        kind: 'http',
        hosts: {
          'web.shop.svc.edge.internal': 'shop.web.http',
          'web.helsinki.site.edge.internal': 'shop.web.http.site',
          'web.edge.internal': 'shop.web.http',
          'web.shop.svc': 'shop.web.http',
          'web.helsinki.site': 'shop.web.http.site',
          web: 'shop.web.http',
        },
        paths: { '/web/': 'shop.web.http' },
      },
    ]);
  });

  test('has only the names that it is given', () => {
    const [listener] = routes({}, routed('web', { alias: false, bySite: false })).listeners;
    expect(listener?.hosts).toEqual({
      'web.shop.svc.edge.internal': 'shop.web.http',
      'web.shop.svc': 'shop.web.http',
    });
    expect(listener?.paths).toEqual({});
  });

  test('is there over TLS as well, once there are certificates', () => {
    const over = routes({ tls: true }, routed('web')).listeners;
    expect(over.map(({ port, kind }) => `${kind} ${port}`)).toEqual(['http 80', 'https 443']);
    expect(over[1]?.hosts).toEqual(over[0]?.hosts);
  });

  test('is not taken away from over TLS, once there are certificates, by who wants that port for himself', () => {
    const raw = routed('a', { ports: [port('raw', 443, 'stream')] });
    const { listeners, refused } = routes({ tls: true }, raw, routed('web'));
    expect(listeners.map(({ port, kind }) => `${kind} ${port}`)).toEqual(['http 80', 'https 443']);
    expect(refused).toEqual([
      { service: 'shop/a', port: 443, reason: 'HTTPS is spoken there, for what is at port 80' },
    ]);
    expect(routes({ tls: false }, raw, routed('web')).refused).toEqual([]);
  });

  test('with a port for TLS needs certificates', () => {
    const secure = routed('web', { ports: [port('https', 443, 'http')] });
    expect(routes({}, secure).refused).toEqual([
      { service: 'shop/web', port: 443, reason: 'there is no certificate to speak TLS with' },
    ]);
    expect(routes({ tls: true }, secure).listeners[1]?.hosts).toMatchObject({
      'web.edge.internal': 'shop.web.https',
    });
  });
});

describe('the copies of a service', () => {
  const copies = [
    copyOn('b1', 'berlin', { address: '10.2.9.1' }),
    copyOn('b2', 'berlin', { address: '10.2.9.2', ports: {} }),
    copyOn('m1', 'madrid', { address: '10.3.9.1', verdict: 'spare' }),
    copyOn('o1', 'oulu', { address: '10.4.9.1', verdict: 'out' }),
  ];
  const serversAt = (setup: Partial<ProxySetup>) =>
    routes(setup, routed('web', { copies, bySite: false })).backends[0]?.servers.map(
      ({ address, port, role }) => `${address}:${port} ${role}`,
    );

  test('at the nearest site share the load, the others are spare, nearest first, and none is out', () => {
    expect(serversAt({})).toEqual(['10.2.9.1:8080 active', '10.2.9.2:80 active', '10.3.9.1:8080 spare']);
  });

  test('at the node itself come before all others', () => {
    expect(serversAt({ node: 'b2' })).toEqual([
      '10.2.9.2:80 active',
      '10.2.9.1:8080 spare',
      '10.3.9.1:8080 spare',
    ]);
    expect(serversAt({ node: 'else' })).toEqual(serversAt({}));
  });

  test('at this site are all that its name for this site leads to', () => {
    const here = copyOn('h1', 'helsinki', { address: '10.1.9.1' });
    const { backends } = routes({}, routed('web', { copies: [here, ...copies] }));
    expect(backends.map(({ name, servers }) => [name, servers.length])).toEqual([
      ['shop.web.http', 4],
      ['shop.web.http.site', 1],
    ]);
  });

  test('without an address are left out', () => {
    const odd = [copyOn('b1', 'berlin', { address: '10.2.9.1\nevil' }), copyOn('b2', 'berlin')];
    expect(routes({}, routed('web', { copies: odd })).backends[0]?.servers).toHaveLength(1);
  });

  test('may all be gone: the service is known, and nobody answers', () => {
    expect(routes({}, routed('web', { copies: [], bySite: false })).backends).toEqual([
      { name: 'shop.web.http', application: 'http', servers: [] },
    ]);
  });
});

test('clients are sent to the copies of a direct service by names: only a node leads to them', () => {
  expect(routes({}, serviceOf('db')).backends).toEqual([]);
  expect(routes({ node: 'oulu-1' }, serviceOf('db')).backends).toHaveLength(2);
});

const nobodyBalances = 'it is for layer 4, and nothing balances there (--balance)';

test('a stream has its port alone; who else wants it is refused, with the reason', () => {
  const { listeners, refused } = routes(
    {},
    routed('web', { ports: [port('http', 8080, 'http')] }),
    routed('a', { ports: [port('sql', 5432, 'stream'), port('alt', 8080, 'stream')] }),
    routed('b', { ports: [port('sql', 5432, 'stream'), port('dns', 53, 'stream', 'udp')] }),
  );
  expect(listeners.map(({ port, kind, backend }) => [port, kind, backend])).toEqual([
    [80, 'http', undefined],
    [5432, 'stream', 'shop.a.sql'],
    [8080, 'http', undefined],
  ]);
  expect(refused).toEqual([
    { service: 'shop/a', port: 8080, reason: 'HTTP is spoken there' },
    { service: 'shop/b', port: 5432, reason: 'shop/a has it' },
    { service: 'shop/b', port: 53, reason: nobodyBalances },
  ]);
});

test('the help page has port 80, unless a stream wants it', () => {
  expect(routes({}).listeners).toEqual([{ port: 80, kind: 'http', hosts: {}, paths: {} }]);
  const [only, ...more] = routes(
    { tls: true },
    routed('a', { ports: [port('raw', 80, 'stream')] }),
  ).listeners;
  expect(only).toMatchObject({ port: 80, kind: 'stream' });
  expect(more).toEqual([]);
});
