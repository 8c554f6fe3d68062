import { describe, expect, test } from 'vitest';
import { serviceOf } from '../../../test/support/edge-model.ts';
import { type EdgePort, type EdgeService, serviceKey } from '../model/model.ts';
import { Grants, granted } from './grants.ts';

const raw: EdgePort = { name: 'raw', port: 7001, protocol: 'tcp', application: 'stream' };
const dns: EdgePort = { name: 'dns', port: 53, protocol: 'udp', application: 'stream' };
const http: EdgePort = { name: 'http', port: 80, protocol: 'tcp', application: 'http' };
const places = (nodes: Record<string, { proxy?: boolean }> = {}) => ({
  domain: 'edge.internal',
  caa: [],
  sites: {},
  nodes: Object.fromEntries(
    Object.entries(nodes).map(([name, rest]) => [name, { name, site: 'x', addresses: [], ...rest }]),
  ),
});
const of = (key: string, rest: Partial<EdgeService> = {}) => {
  const [namespace = '', name = ''] = key.split('/');
  return serviceOf(name, { namespace, sources: ['kubernetes a'], ports: [raw], ...rest });
};

/** What is given, by key. */
class Given {
  readonly grants = new Grants(['static edge.yaml', 'kubernetes a', 'kubernetes b']);
  readonly services = new Map<string, EdgeService | undefined>();

  set(...services: readonly EdgeService[]): this {
    return this.take(new Map(services.map((one) => [serviceKey(one), one])));
  }
  remove(key: string): this {
    return this.take(new Map([[key, undefined]]));
  }
  take(services: ReadonlyMap<string, EdgeService | undefined>, nodes?: ReturnType<typeof places>): this {
    const change = this.grants.apply({ ...(nodes && { places: nodes }), services });
    for (const [key, service] of change.services) this.services.set(key, service);
    return this;
  }
  ports(key: string): (number | undefined)[] | undefined {
    return this.services.get(key)?.ports.map(({ port }) => port);
  }
  alias(key: string): boolean {
    return this.services.get(key)?.given?.alias ?? true;
  }
  refusals(): string[] {
    return this.grants
      .refusals()
      .map(({ service, kind, what, reason }) => `${service} ${kind} ${what}: ${reason}`);
  }
}

describe('a port that only one can have', () => {
  test.each([
    ['TCP', raw],
    ['UDP', dns],
    ['layer 4', { ...raw, layer: 4 } as const],
  ])('of %s stays with who had it, and only that is refused to who comes later', (_, port) => {
    const given = new Given().set(of('shop/named', { ports: [port] }));
    given.set(of('other/clash', { ports: [port, http] }));
    expect(given.ports('shop/named')).toEqual([port.port]);
    expect(given.ports('other/clash')).toEqual([80]);
    expect(given.refusals()).toEqual([`other/clash port ${port.port}/${port.protocol}: shop/named has it`]);
    given.remove('shop/named');
    expect(given.ports('other/clash')).toEqual([port.port, 80]);
    expect(given.refusals()).toEqual([]);
  });

  test('is not taken by who changes into one that wants it, and kept by who changes otherwise', () => {
    const given = new Given().set(of('shop/named'), of('other/clash', { ports: [http] }));
    given.set(of('other/clash', { ports: [raw] }), of('shop/named', { failover: 9 }));
    expect([given.ports('shop/named'), given.ports('other/clash')]).toEqual([[7001], []]);
  });

  test('of HTTP is shared, and no other takes it away from all who speak HTTP there', () => {
    const given = new Given().set(of('shop/web', { ports: [http] }), of('shop/api', { ports: [http] }));
    given.set(of('other/raw', { ports: [{ ...raw, port: 80 }] }), of('other/web', { ports: [http] }));
    expect([given.ports('other/raw'), given.ports('other/web')]).toEqual([[], [80]]);
    expect(given.refusals()[0]).toBe('other/raw port 80/tcp: other/web, shop/api, shop/web speak HTTP there');
  });

  test('at the proxies of nodes belongs to who had it there, and is told of where there are such', () => {
    const direct = { steer: 'direct' as const };
    const given = new Given().set(of('shop/db', direct));
    given.set(of('other/db', direct), of('other/gate'));
    expect(given.services.get('other/db')?.ports).toEqual([{ ...raw, notAtNodes: true }]);
    expect(given.services.get('other/gate')?.ports).toEqual([{ ...raw, notAtNodes: true }]);
    expect(given.refusals().filter((one) => one.includes('port'))).toEqual([]);
    given.take(new Map(), places({ n1: { proxy: true } }));
    expect(given.refusals()).toContain('other/db node port 7001/tcp: shop/db has it');
  });
});

describe('a short name', () => {
  test('stays with who had it, and the newcomer has its other names', () => {
    const given = new Given().set(of('shop/web', { ports: [] })).set(of('other/web', { ports: [] }));
    expect([given.alias('shop/web'), given.alias('other/web')]).toEqual([true, false]);
    expect(given.services.get('other/web')?.given).toEqual({ alias: false, bySite: false });
    expect(given.refusals()).toEqual(['other/web name web: service shop/web has it']);
    given.remove('shop/web');
    expect(given.alias('other/web')).toBe(true);
  });

  test('stays when a node of that name comes, and is not given where there is one already', () => {
    const given = new Given().set(of('shop/web', { ports: [] }));
    given.take(new Map(), places({ web: {}, api: {} }));
    given.set(of('shop/api', { ports: [] }));
    expect([given.alias('shop/web'), given.alias('shop/api')]).toEqual([true, false]);
    expect(given.refusals()).toEqual(['shop/api name api: node api has the same name']);
    const next = new Given();
    next.grants.recall(given.grants.kept());
    next.take(new Map([...given.services]), places({ web: {}, api: {} }));
    expect([next.alias('shop/web'), next.alias('shop/api')]).toEqual([true, false]);
  });

  test('where canonical names begin is nobody’s', () => {
    const given = new Given().set(of('shop/svc', { ports: [] }));
    expect(given.services.get('shop/svc')?.given).toEqual({ alias: false, bySite: true });
  });
});

describe('of those that nobody knows to have been first', () => {
  test('the operator’s own is, then the oldest, then by source and name', () => {
    const rest = { ports: [] };
    const first = (...all: readonly EdgeService[]) => {
      const given = new Given().set(...all);
      return all.map(serviceKey).filter((key) => given.alias(key));
    };
    const own = of('z/web', { ...rest, sources: ['static edge.yaml'] });
    const old = of('y/web', { ...rest, since: 1 });
    const young = of('a/web', { ...rest, since: 2 });
    const other = of('b/web', { ...rest, since: 2, sources: ['kubernetes b'] });
    expect(first(young, old, own)).toEqual(['z/web']);
    expect(first(young, old)).toEqual(['y/web']);
    expect(first(other, young)).toEqual(['a/web']);
    expect(first(of('d/web', rest), of('c/web', rest))).toEqual(['c/web']);
  });

  test('another run gives to who had it, though it is younger', () => {
    const before = new Given().set(of('shop/web', { since: 2 })).set(of('other/web', { since: 1 }));
    const next = new Given();
    next.grants.recall(before.grants.kept());
    next.set(of('other/web', { since: 1 }), of('shop/web', { since: 2 }));
    expect([next.ports('shop/web'), next.ports('other/web')]).toEqual([[7001], []]);
    expect([next.alias('shop/web'), next.alias('other/web')]).toEqual([true, false]);
  });
});

describe('the rules of an operator', () => {
  const range = { first: 80, last: 80, text: '80' };

  test('say which namespaces may publish what, and need not for the operator’s own', () => {
    const given = new Given();
    given.grants.setRules({ shop: {}, other: { names: ['shop-*'], ports: [range] } });
    given.set(of('shop/a'), of('other/b', { ports: [raw, http] }), of('third/c'));
    given.set(of('third/own', { sources: ['static edge.yaml'], ports: [dns] }));
    expect(given.ports('shop/a')).toEqual([7001]);
    expect([given.ports('other/b'), given.alias('other/b')]).toEqual([[80], false]);
    expect(given.services.get('third/c')).toBeUndefined();
    expect(given.ports('third/own')).toEqual([53]);
    expect(given.refusals()).toEqual([
      'other/b name b: the edge file does not let the namespace other have it (publish)',
      'other/b port 7001/tcp: the edge file lets the namespace other have these only: 80 (publish)',
      'third/c service third/c: the edge file lets the namespace third publish nothing (publish)',
    ]);
  });

  test('take a port from who may not have it any more, and give it to who may', () => {
    const given = new Given().set(of('shop/a')).set(of('other/b'));
    given.grants.setRules({ other: {} });
    given.take(new Map());
    expect([given.services.get('shop/a'), given.ports('other/b')]).toEqual([undefined, [7001]]);
    given.grants.setRules(undefined);
    given.take(new Map());
    expect([given.ports('shop/a'), given.ports('other/b')]).toEqual([[], [7001]]);
  });
});

test('of a file alone, whoever is written first has it', () => {
  const all = ['z/web', 'a/web'].map((key) => of(key, { sources: ['static edge.yaml'] }));
  const { services } = granted({
    ...places(),
    services: Object.fromEntries(all.map((one) => [serviceKey(one), one])),
  });
  expect([services['z/web']?.ports.length, services['a/web']?.ports.length]).toEqual([1, 0]);
});

test('what is given all it asks for is given as it is', () => {
  const web = of('shop/web');
  expect(new Given().set(web).services.get('shop/web')).toBe(web);
});
