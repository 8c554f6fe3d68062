import { describe, expect, test } from 'vitest';
import {
  ask,
  copyOn,
  dataOf,
  deltaOf,
  serviceOf,
  snapshotOf,
  zoneOf as zoneOfSnapshot,
} from '../../../test/support/site-zone.ts';
import type { ServiceView } from '../view/view.ts';
import type { Zone } from './zone.ts';

function zoneOf(...more: readonly ServiceView[]): Zone {
  return zoneOfSnapshot(snapshotOf(...more));
}

function lookUp(zone: Zone, name: string, type = 'A'): string[] | string {
  const answered = ask(zone, { name, type });
  if (answered?.rcode !== 'NOERROR') return answered?.rcode ?? 'nothing';
  return dataOf(answered);
}

describe('a name of a service', () => {
  test.each([
    ['web.shop.svc.edge.internal', 'A', ['10.1.0.1']],
    ['web.shop.svc.edge.internal', 'AAAA', ['fd00:1::1']],
    ['web.edge.internal', 'A', ['10.1.0.1']],
    ['web.helsinki.site.edge.internal', 'A', ['10.1.0.1']],
    ['db.shop.svc.edge.internal', 'A', ['10.2.0.11']],
    ['db.oulu.site.edge.internal', 'AAAA', ['fd00:2::11']],
    ['web.shop.svc.edge.internal', 'TXT', ['site=helsinki']],
    ['oulu.gateway.edge.internal', 'A', ['10.2.0.1']],
    ['hel-1.node.edge.internal', 'A', ['10.1.0.11']],
    ['ns.edge.internal', 'AAAA', ['fd00:1::1']],
    ['edge.internal', 'NS', ['ns.edge.internal']],
  ])('%s %s', (name, type, data) => {
    expect(lookUp(zoneOf(), name, type)).toEqual(data);
  });

  test('leads to host and port once, whatever is behind it there, with the addresses at hand', () => {
    const copies = ['a', 'b'].map((id) => copyOn('oulu-1', 'oulu', { id, nodePorts: { http: 30_080 } }));
    const answered = ask(zoneOf(serviceOf('db', { copies })), {
      name: '_http._tcp.db.shop.svc.edge.internal',
      type: 'SRV',
    });
    expect(answered?.answers).toMatchObject([
      { ttl: 2, data: { port: 30_080, target: 'oulu-1.node.edge.internal' } },
    ]);
    expect(answered?.answers).toHaveLength(1);
    expect(answered?.additionals).toMatchObject([
      { name: 'oulu-1.node.edge.internal', type: 'A', data: '10.2.0.11' },
      { name: 'oulu-1.node.edge.internal', type: 'AAAA', data: 'fd00:2::11' },
    ]);
  });

  test('without a live copy is there, with no address', () => {
    const answered = ask(zoneOf(), { name: 'gone.shop.svc.edge.internal' });
    expect([answered?.rcode, answered?.answers?.length]).toEqual(['NOERROR', 0]);
    expect(answered?.authorities).toMatchObject([{ type: 'SOA', name: 'edge.internal' }]);
  });

  test('is found whatever its case, and repeated as it was asked for', () => {
    const answered = ask(zoneOf(), { name: 'wEb.ShOp.sVc.EdGe.InTeRnAl' });
    expect(answered?.questions).toMatchObject([{ name: 'wEb.ShOp.sVc.EdGe.InTeRnAl' }]);
    expect(answered?.answers).toMatchObject([{ name: 'wEb.ShOp.sVc.EdGe.InTeRnAl', data: '10.1.0.1' }]);
  });
});

describe('a name that leads nowhere', () => {
  test.each(['svc.edge.internal', 'shop.svc.edge.internal', '_tcp.db.shop.svc.edge.internal'])(
    '%s is there, since names are below it',
    (name) => expect(lookUp(zoneOf(), name)).toEqual([]),
  );

  test.each(['nope.edge.internal', 'a.web.edge.internal', 'b.svc.edge.internal'])(
    '%s is not there',
    (name) => {
      expect(lookUp(zoneOf(), name)).toBe('NXDOMAIN');
    },
  );

  test('may be kept two seconds at most', () => {
    const answered = ask(zoneOf(), { name: 'nope.edge.internal' });
    expect(answered?.authorities).toMatchObject([{ ttl: 2, data: { minimum: 2, serial: 7 } }]);
  });

  test.each(['example.org', 'internal', '.', 'notedge.internal'])('%s is not of this domain', (name) => {
    expect(lookUp(zoneOf(), name)).toBe('REFUSED');
  });
});

test('who may issue certificates is said when it was given', () => {
  const { view, ...rest } = snapshotOf();
  const zone = zoneOfSnapshot({
    ...rest,
    view: { ...view, caa: [{ tag: 'issue', value: 'ca.example.org' }] },
  });
  const answered = ask(zone, { name: 'edge.internal', type: 'CAA' });
  expect(answered?.answers).toMatchObject([{ data: { tag: 'issue', value: 'ca.example.org' } }]);
  expect(lookUp(zoneOf(), 'edge.internal', 'CAA')).toEqual([]);
});

describe('a change', () => {
  test('of a service changes its answers, and the serial', () => {
    const zone = zoneOf();
    expect(lookUp(zone, 'db.edge.internal')).toEqual(['10.2.0.11']);
    zone.apply(
      deltaOf({ set: { 'shop/db': serviceOf('db', { copies: [copyOn('hel-1', 'helsinki')] }) } }),
      8,
    );
    expect(lookUp(zone, 'db.edge.internal')).toEqual(['10.1.0.11']);
    expect(lookUp(zone, 'db.oulu.site.edge.internal')).toBe('NXDOMAIN');
    expect(lookUp(zone, 'db.helsinki.site.edge.internal')).toEqual(['10.1.0.11']);
    const answered = ask(zone, { name: 'edge.internal', type: 'SOA' });
    expect(answered?.answers).toMatchObject([{ data: { serial: 8 } }]);
    expect(ask(zone, { name: 'nope.edge.internal' })?.authorities).toMatchObject([{ data: { serial: 8 } }]);
  });

  test('that takes a service away takes its names, and those that were only above them', () => {
    const other = serviceOf('cam', { namespace: 'lab' });
    const zone = zoneOf(other);
    const before = zone.size;
    zone.apply(deltaOf({ removed: ['lab/cam'] }), 8);
    expect(lookUp(zone, 'cam.lab.svc.edge.internal')).toBe('NXDOMAIN');
    expect(lookUp(zone, 'lab.svc.edge.internal')).toBe('NXDOMAIN');
    zone.apply(deltaOf({ set: { 'lab/cam': other } }), 8);
    expect(zone.size).toBe(before);
  });

  test('that takes the short name away leaves the canonical one', () => {
    const zone = zoneOf();
    zone.apply(deltaOf({ set: { 'shop/db': serviceOf('db', { alias: false }) } }), 8);
    expect(lookUp(zone, 'db.edge.internal')).toBe('NXDOMAIN');
    expect(lookUp(zone, 'db.shop.svc.edge.internal')).toEqual(['10.2.0.11']);
  });

  test('of a place changes the answers of the services there', () => {
    const zone = zoneOf();
    lookUp(zone, 'web.edge.internal');
    expect(lookUp(zone, '_http._tcp.db.shop.svc.edge.internal', 'SRV')).toHaveLength(1);
    const { gateways } = snapshotOf().view;
    const places = {
      gateways: { ...gateways, helsinki: ['10.1.0.2'] },
      nodes: { 'oulu-1': ['10.2.0.12'] },
      caa: [],
    };
    zone.apply(deltaOf({ places }), 8);
    expect(lookUp(zone, 'web.edge.internal')).toEqual(['10.1.0.2']);
    expect(lookUp(zone, 'ns.edge.internal')).toEqual(['10.1.0.2']);
    expect(lookUp(zone, 'db.edge.internal')).toEqual(['10.2.0.12']);
    expect(lookUp(zone, 'hel-1.node.edge.internal')).toBe('NXDOMAIN');
    const srv = ask(zone, { name: '_http._tcp.db.shop.svc.edge.internal', type: 'SRV' });
    expect(srv?.additionals).toMatchObject([{ data: '10.2.0.12' }]);
  });

  test('leads to what a snapshot of the same would have', () => {
    const changed = serviceOf('db', { copies: [copyOn('hel-1', 'helsinki')] });
    const zone = zoneOf();
    zone.apply(deltaOf({ set: { 'shop/db': changed }, removed: ['shop/gone'] }), 8);
    const { view } = snapshotOf(changed);
    const { 'shop/gone': _, ...services } = view.services;
    expect(zone.size).toBe(zoneOfSnapshot({ ...snapshotOf(), view: { ...view, services } }).size);
  });

  test('costs what changed, however many services there are', () => {
    const many = Array.from({ length: 5_000 }, (_, index) => serviceOf(`s${index}`));
    const cost = (zone: Zone) => {
      const began = performance.now();
      for (let index = 0; index < 200; index++) {
        zone.apply(
          deltaOf({ version: 8 + index, set: { 'shop/db': serviceOf('db', { ttl: 1 + (index % 9) }) } }),
          8 + index,
        );
      }
      return performance.now() - began;
    };
    const [few, all] = [zoneOf(), zoneOf(...many)];
    cost(few);
    // A thousand and more times the services: were the cost theirs, so would it be. A busy machine is given room.
    expect(cost(all)).toBeLessThan(20 * cost(few) + 50);
  });
});

test('a service whose name another has is found by its namespace only', () => {
  const zone = zoneOf(serviceOf('cam', { namespace: 'lab', alias: false, bySite: false }));
  expect(lookUp(zone, 'cam.lab.svc.edge.internal')).toEqual(['10.2.0.11']);
  expect(lookUp(zone, 'cam.oulu.site.edge.internal')).toBe('NXDOMAIN');
});

test.each([
  ['fe80::1%eth0', 'AAAA', 'fe80::1'],
  ['0x0a.1', 'A', '10.0.0.1'],
])('an address written as %s is answered as what it is', (written, type, address) => {
  const { view, ...rest } = snapshotOf();
  const zone = zoneOfSnapshot({ ...rest, view: { ...view, nodes: { ...view.nodes, odd: [written] } } });
  expect(lookUp(zone, 'odd.node.edge.internal', type)).toEqual([address]);
});

test('what is too long for a name is left out, and nothing else with it', () => {
  const long = 'n'.repeat(63);
  const zone = zoneOf(
    serviceOf('db', { ports: [{ name: long, port: 80, protocol: 'tcp', application: 'http' }] }),
  );
  expect(lookUp(zone, 'db.shop.svc.edge.internal')).toEqual(['10.2.0.11']);
});
